import { defineInventory, type Resource } from '../define.ts'
import { type DbCluster, dbClusters } from './db-clusters.ts'
import { type DbInstance, dbInstances } from './db-instances.ts'
import { staged } from './staged.ts'

/** What is lost or kept as one: an instance that stands alone, or a cluster. Its members are not told apart. */
export interface Database extends Resource {
  kind: 'instance' | 'cluster'
  engine: string
  status: string
  multiAz: boolean
  /** It fails over by itself without a second zone, or nothing runs in it. */
  zoneless: boolean
  replicaOf: string | null
  backupDays: number
  deletionProtection: boolean
}

/** Instances that stand alone, then clusters. */
export const databases = defineInventory<Database>('databases', {
  title: { en: 'Databases', ja: 'データベース' },
  scope: 'region',
  calls: [...dbInstances.calls, ...dbClusters.calls],
  page: staged<Database>([
    async (sources, token) => {
      const { rows, next } = await dbInstances.page(sources, token)
      return { rows: rows.filter(({ clusterId }) => clusterId === null).map(alone), next }
    },
    async (sources, token) => {
      const { rows, next } = await dbClusters.page(sources, token)
      return { rows: rows.map(together), next }
    },
  ]),
})

const alone = (db: DbInstance): Database => ({ ...shared(db), kind: 'instance', zoneless: false })
const together = (db: DbCluster): Database => ({ ...shared(db), kind: 'cluster', zoneless: db.serverless || db.members === 0 })

const shared = (db: DbInstance | DbCluster) => ({
  ...{ arn: db.arn, name: db.id, engine: db.engine, status: db.status, multiAz: db.multiAz, replicaOf: db.replicaOf },
  ...{ backupDays: db.backupDays, deletionProtection: db.deletionProtection },
  ...(db.owner ? { owner: db.owner } : {}),
})
