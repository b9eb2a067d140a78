import { checkTable, daysAgo } from '../../test/check-table.ts'
import { alarm } from './fixture.ts'
import { insufficient } from './insufficient.ts'

checkTable(insufficient, {
  flags: {
    'no data for two days': {
      row: alarm({ state: 'INSUFFICIENT_DATA', stateAt: daysAgo(2) }),
      evidence: { hours: 48 },
      severity: 'medium',
    },
    'no data since nobody knows when': { row: alarm({ state: 'INSUFFICIENT_DATA', stateAt: null }), evidence: { hours: null } },
  },
  passes: {
    'in order': { row: alarm() },
    'ringing for a week: it has data': { row: alarm({ state: 'ALARM', stateAt: daysAgo(7) }) },
    'made this morning': { row: alarm({ state: 'INSUFFICIENT_DATA', stateAt: daysAgo(0.2) }) },
    'younger than the configuration says': { row: alarm({ state: 'INSUFFICIENT_DATA', stateAt: daysAgo(2) }), options: { hours: 72 } },
  },
})
