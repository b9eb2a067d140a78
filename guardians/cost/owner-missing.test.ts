import { checkTable } from '../../test/check-table.ts'
import type { TaggedResource } from '../inventory/tagged-resources.ts'
import { ownerMissing } from './owner-missing.ts'

const resource = (over: Partial<TaggedResource> = {}): TaggedResource => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', type: 'ec2:instance', stack: null, tags: 1, ...over },
})

checkTable(ownerMissing, {
  flags: {
    'tagged, but not with an owner': { row: resource(), reason: 'nobody', evidence: { type: 'ec2:instance', tags: 1 } },
    'made by a stack that names nobody': { row: resource({ stack: 'web' }), reason: 'nobody-stack', evidence: { stack: 'web' } },
  },
  passes: {
    'with an owner': { row: resource({ owner: 'team-core' }) },
    'of a type that needs none here': { row: resource({ type: 'logs:log-group' }), options: { ignoreTypes: ['logs:log-group'] } },
  },
})
