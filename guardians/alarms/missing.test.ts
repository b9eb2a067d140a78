import { checkTable } from '../../test/check-table.ts'
import type { CriticalResource } from '../inventory/critical-resources.ts'
import { alarm } from './fixture.ts'
import { missing } from './missing.ts'

const database = (over: Partial<CriticalResource> = {}): CriticalResource => ({
  ...{ arn: 'arn:aws:rds:us-east-1:123456789012:db:orders-1', name: 'orders-1', kind: 'database', namespace: 'AWS/RDS' },
  ...{ watchedBy: ['AWS/RDS DBInstanceIdentifier orders-1', 'AWS/RDS DBClusterIdentifier orders'], ...over },
})
const queue = (over: Partial<CriticalResource> = {}) =>
  database({ kind: 'queue', namespace: 'AWS/SQS', watchedBy: ['AWS/SQS QueueName dead'], ...over })
const watching = (...watches: string[]) => ({ alarms: [alarm({ watches })] })

checkTable(missing, {
  flags: {
    'a database that no alarm names': {
      row: database(),
      reads: watching('AWS/RDS DBInstanceIdentifier other'),
      details: { deadLetters: false },
      severity: 'high',
      evidence: { kind: 'database', alarmsSeen: 1 },
    },
    'the same name in another service': {
      row: database(),
      reads: watching('AWS/EC2 DBInstanceIdentifier orders-1'),
      details: { deadLetters: false },
    },
    'a queue of dead letters': { row: queue(), details: { deadLetters: true }, evidence: { kind: 'dead-letter-queue' }, severity: 'high' },
    'a function, less loudly': { row: database({ kind: 'function' }), details: { deadLetters: false }, severity: 'medium' },
  },
  passes: {
    'an alarm names it': { row: database(), reads: watching('AWS/RDS DBInstanceIdentifier orders-1') },
    'an alarm names its cluster': { row: database(), reads: watching('AWS/RDS DBClusterIdentifier orders') },
    'an alarm on all of its kind': { row: database(), reads: { alarms: [alarm({ fleets: ['AWS/RDS'] })] } },
    'an ordinary queue': { row: queue(), details: { deadLetters: false } },
    'a kind that the configuration leaves out': { row: database(), options: { kinds: ['table'] } },
  },
})
