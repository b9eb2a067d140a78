import { hourly } from './prices-hourly.ts'

/** What is paid for by the hour so that requests and records may come. */
export const throughputPrices = {
  /** Of the standard table class. A write unit costs as much as five of these, in every region. */
  'dynamodb-capacity': {
    unit: 'read capacity unit (a write capacity unit counts five)',
    ...hourly(0.00013, { 'ap-northeast-1': 0.0001484, 'eu-central-1': 0.0001586, 'eu-west-1': 0.000147 }),
    source: 'https://aws.amazon.com/dynamodb/pricing/provisioned/',
    asOf: '2025-06-01',
  },
  /** Its hours, with records kept for a day; longer retention and fan-out come on top. */
  'kinesis-shard': {
    unit: 'shard',
    ...hourly(0.015, { 'ap-northeast-1': 0.0195, 'eu-central-1': 0.018, 'eu-west-1': 0.017 }),
    source: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    asOf: '2025-06-01',
  },
  /** Its hours; the data comes on top. */
  'kinesis-on-demand-stream': {
    unit: 'stream on demand',
    ...hourly(0.04),
    source: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
    asOf: '2025-06-01',
  },
} as const
