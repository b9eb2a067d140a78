import { checkTable } from '../../test/check-table.ts'
import { alarm } from './fixture.ts'
import { noAction } from './no-action.ts'

const both = (over = {}) => alarm({ name: 'both', kind: 'composite', children: ['cpu', 'errors'], ...over })

checkTable(noAction, {
  flags: {
    'no action': { row: alarm({ actions: 0 }), reason: 'none' },
    'actions switched off': { row: alarm({ actions: 2, actionsEnabled: false }), reason: 'disabled', evidence: { actions: 2 } },
    'a composite alarm without a voice': { row: both({ actions: 0 }), reason: 'none', evidence: { kind: 'composite' } },
    'behind a composite alarm that is silent itself': {
      row: alarm({ actions: 0 }),
      reads: { alarms: [both({ actionsEnabled: false })] },
      reason: 'none',
    },
  },
  passes: {
    'with an action': { row: alarm() },
    'one that a composite alarm speaks for': { row: alarm({ actions: 0 }), reads: { alarms: [both()] } },
  },
})
