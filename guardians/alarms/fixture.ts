import type { Alarm } from '../inventory/alarms.ts'

/** An alarm that is in order until it is told otherwise. For tests only. */
export const alarm = (over: Partial<Alarm> = {}): Alarm => ({
  ...{ arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu', name: 'cpu', kind: 'metric', state: 'OK' },
  ...{ stateAt: Date.parse('2026-11-01T00:00:00Z'), actionsEnabled: true, actions: 1, children: [], watches: [], fleets: [], ...over },
})
