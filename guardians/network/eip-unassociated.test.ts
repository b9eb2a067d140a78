import { checkTable } from '../../test/check-table.ts'
import type { Address } from '../inventory/addresses.ts'
import { eipUnassociated } from './eip-unassociated.ts'

const address = (over: Partial<Address> = {}): Address => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:elastic-ip/eipalloc-1', id: 'eipalloc-1', ip: '203.0.113.7' },
  ...{ associated: false, ofAws: true, ...over },
})

checkTable(eipUnassociated, {
  flags: {
    'associated with nothing': { row: address(), evidence: { ip: '203.0.113.7' }, usdPerMonth: 3.65 },
    'of a pool of one’s own: flagged, but free': { row: address({ ofAws: false }), usdPerMonth: null },
  },
  passes: { associated: { row: address({ associated: true }) } },
})
