import { systemClock } from '../../core/clock.ts'
import type { Aws, AwsClient, AwsClientType } from '../../guardians/aws/aws.ts'
import type { Inventory, Resource, Sources, Target } from '../../guardians/define.ts'

export const testTarget: Target = { account: '123456789012', region: 'us-east-1', partition: 'aws' }
export const testCredentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' }

/** What an inventory is given, over an address that stands for AWS. */
export function sourcesAt(url: string, over: Partial<Sources> = {}): Sources {
  const target = over.target ?? testTarget
  return { target, aws: awsAt(url, target.region), platform: null, clock: systemClock, settings: { ownerTags: ['owner', 'team'] }, ...over }
}

function awsAt(endpoint: string, region: string): Aws {
  const clients = new Map<AwsClientType, AwsClient>()
  return {
    send(type, command) {
      const client = clients.get(type) ?? new type({ endpoint, region, credentials: testCredentials, maxAttempts: 1, forcePathStyle: true })
      clients.set(type, client)
      return client.send(command)
    },
  }
}

/** All pages of an inventory, one after the other. */
export async function readAll<Row extends Resource>(inventory: Inventory<Row>, sources: Sources, pagesMax = 1_000): Promise<Row[]> {
  const rows: Row[] = []
  let token: string | undefined
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = await inventory.page(sources, token)
    rows.push(...page.rows)
    if (page.next === undefined) return rows
    token = page.next
  }
  throw new Error(`${inventory.id} has more than ${pagesMax} pages`)
}
