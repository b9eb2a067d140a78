import { checkTable } from '../../test/check-table.ts'
import type { PairedComponent } from '../inventory/components.ts'
import type { PlatformMember } from '../platform.ts'
import { standbyMember } from './standby-member.ts'

const member = (id: string, over: Partial<PlatformMember> = {}): PlatformMember => ({
  ...{ id, site: id === 'polaris-1' ? 'tokyo-a' : 'tokyo-c', role: id === 'polaris-1' ? 'active' : 'standby' },
  ...{ version: '1.4.2', status: 'pass', ...over },
})
const component = (...members: PlatformMember[]): PairedComponent => ({
  ...{ arn: 'platform:component/polaris', id: 'polaris', members, lastSwitchAt: null },
})

checkTable(standbyMember, {
  flags: {
    'the standby does not answer': {
      row: component(member('polaris-1'), member('polaris-2', { role: 'unknown', status: null })),
      reason: 'missing',
      evidence: { members: ['polaris-1 active pass', 'polaris-2 unknown no answer'] },
    },
    'the standby fails': { row: component(member('polaris-1'), member('polaris-2', { status: 'fail' })), reason: 'missing' },
    'the standby is fenced': { row: component(member('polaris-1'), member('polaris-2', { role: 'fenced' })), reason: 'missing' },
    'both at one site': {
      row: component(member('polaris-1'), member('polaris-2', { site: 'tokyo-a' })),
      reason: 'same-site',
      severity: 'medium',
    },
  },
  passes: {
    'a standby elsewhere': { row: component(member('polaris-1'), member('polaris-2')) },
    'a standby with a warning': { row: component(member('polaris-1'), member('polaris-2', { status: 'warn' })) },
    'sites that nobody told': { row: component(member('polaris-1', { site: null }), member('polaris-2', { site: null })) },
  },
  unknown: {
    'nobody answers from here': {
      row: component(member('polaris-1', { status: null }), member('polaris-2', { status: null })),
      missing: /health hooks/,
    },
  },
})
