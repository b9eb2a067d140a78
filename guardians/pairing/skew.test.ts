import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { PairedComponent } from '../inventory/components.ts'
import type { PlatformMember } from '../platform.ts'
import { skew } from './skew.ts'

const member = (id: string, version: string | null, status: PlatformMember['status'] = 'pass'): PlatformMember => ({
  ...{ id, site: null, role: 'standby', version, status },
})
const component = (lastSwitchAt: number | null | undefined, ...members: PlatformMember[]): PairedComponent => ({
  ...{ arn: 'platform:component/polaris', id: 'polaris', members, lastSwitchAt },
})
const same = [member('polaris-1', '1.4.2'), member('polaris-2', '1.4.2')]

checkTable(skew, {
  flags: {
    'two versions': {
      row: component(daysAgo(1), member('polaris-1', '1.4.2'), member('polaris-2', '1.4.1')),
      ...{ reason: 'skew', severity: 'high', evidence: { versions: ['polaris-1 1.4.2', 'polaris-2 1.4.1'] } },
    },
    'not practised for 30 days': {
      row: component(daysAgo(30), ...same),
      reason: 'undrilled',
      severity: 'medium',
      evidence: { drillDays: 30 },
    },
    'never practised': { row: component(null, ...same), reason: 'never-drilled', severity: 'medium' },
  },
  passes: {
    'one version, practised last week': { row: component(daysAgo(7), ...same) },
    'practised as often as the configuration says': { row: component(daysAgo(40), ...same), options: { drillDays: 90 } },
    'services that tell no version': { row: component(daysAgo(7), member('polaris-1', null), member('polaris-2', null)) },
  },
  unknown: {
    'a member does not answer': {
      row: component(daysAgo(7), member('polaris-1', '1.4.2'), member('polaris-2', null, null)),
      missing: /polaris-2/,
    },
    'a member does not tell its version': {
      row: component(daysAgo(7), member('polaris-1', '1.4.2'), member('polaris-2', null)),
      missing: /version/,
    },
    'no journal is at hand': { row: component(undefined, ...same), missing: /journal/ },
  },
})
