import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Volume } from '../inventory/volumes.ts'
import { unencryptedVolume } from './unencrypted-volume.ts'

const volume = (encrypted: boolean) =>
  ({
    ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted },
    ...{ createdAt: daysAgo(8), instances: ['i-1'] },
  }) as Volume

checkTable(unencryptedVolume, {
  flags: { plain: { row: volume(false), evidence: { sizeGiB: 100, instances: ['i-1'] } } },
  passes: { encrypted: { row: volume(true) } },
})
