import { describe, expect, test } from 'vitest'
import { savingsOf } from './prices.ts'
import { cacheItem, type DatabaseItem, rdsItem, searchItem } from './prices-database.ts'

const virginia = { region: 'us-east-1' }
const month = (priced: { item: DatabaseItem; quantity: number } | null) =>
  priced && savingsOf(priced.item, priced.quantity, virginia).usdPerMonth

/** Hourly list prices of whole instances, times 730: what a family and a size must come to. */
describe('a month of RDS', () => {
  test.each([
    ['mysql', 'db.t3.micro', 0.017],
    ['mariadb', 'db.t3.medium', 0.068],
    ['mysql', 'db.m5.2xlarge', 0.684],
    ['postgres', 'db.t3.micro', 0.018],
    ['postgres', 'db.m6g.large', 0.159],
    ['postgres', 'db.r5.xlarge', 0.5],
    ['aurora-mysql', 'db.t3.medium', 0.082],
    ['aurora-postgresql', 'db.r6g.large', 0.26],
  ])('%s on %s', (engine, dbClass, usdPerHour) => {
    expect((month(rdsItem(engine, dbClass)) ?? 0) / 730).toBeCloseTo(usdPerHour, 3)
  })

  test.each([
    ['oracle-se2', 'db.m5.large'],
    ['postgres', 'db.serverless'],
    ['postgres', 'db.x2g.large'],
    ['postgres', 'db.m5.huge'],
  ])('%s on %s: rather nothing than a guess', (engine, dbClass) => {
    expect(rdsItem(engine, dbClass)).toBe(null)
  })
})

test.each([
  ['redis', 'cache.t3.micro', 0.017],
  ['memcached', 'cache.m5.large', 0.156],
  ['redis', 'cache.r6g.xlarge', 0.412],
])('a month of %s on %s', (engine, nodeType, usdPerHour) => {
  expect((month(cacheItem(engine, nodeType)) ?? 0) / 730).toBeCloseTo(usdPerHour, 3)
})

test.each([
  ['t3.small.search', 0.036],
  ['m5.large.elasticsearch', 0.142],
  ['r6g.2xlarge.search', 0.668],
])('a month of %s', (nodeType, usdPerHour) => {
  expect((month(searchItem(nodeType)) ?? 0) / 730).toBeCloseTo(usdPerHour, 3)
})

test('what has no price here', () => {
  expect([cacheItem('valkey', 'cache.t3.micro'), cacheItem('redis', 'cache.r7g.large'), searchItem('or1.medium.search')]).toEqual([
    null,
    null,
    null,
  ])
})

test('a snapshot by the GiB', () => {
  expect(savingsOf('rds-snapshot', 100, virginia).usdPerMonth).toBe(9.5)
})
