import { checkTable } from '../../test/check-table.ts'
import type { AccountBlock, BucketExposure } from '../inventory/buckets.ts'
import { s3Public } from './s3-public.ts'

const row = { arn: 'arn:aws:s3:::photos', name: 'photos' }
const account = (ignoresAcls: boolean, restrictsPolicies: boolean): { account: AccountBlock[] } => ({
  account: [{ arn: 'arn:aws:s3::123456789012:public-access-block', ignoresAcls, restrictsPolicies }],
})
const open = account(false, false)
const exposed = (over: Partial<BucketExposure> = {}) => ({
  exposure: { block: { ignoresAcls: false, restrictsPolicies: false }, publicPolicy: false, publicGrants: [], ...over },
})

checkTable(s3Public, {
  flags: {
    'a public policy': { row, reads: open, details: exposed({ publicPolicy: true }), reason: 'policy', severity: 'high' },
    'a public ACL': { row, reads: open, details: exposed({ publicGrants: ['READ'] }), reason: 'acl', evidence: { grants: ['READ'] } },
    'a public policy that the block of the account leaves': { row, reads: account(true, false), details: exposed({ publicPolicy: true }) },
  },
  passes: {
    private: { row, reads: open, details: exposed() },
    'blocked by the account, and not even asked': { row, reads: account(true, true) },
    'an ACL that the account ignores': { row, reads: account(true, false), details: exposed({ publicGrants: ['READ'] }) },
    'a policy that the bucket restricts': {
      row,
      reads: open,
      details: exposed({ publicPolicy: true, block: { ignoresAcls: false, restrictsPolicies: true } }),
    },
  },
})
