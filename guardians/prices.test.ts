import { describe, expect, test } from 'vitest'
import { type PriceItem, prices, savingsOf } from './prices.ts'
import { computeItem, computePrices } from './prices-compute.ts'
import { databasePrices } from './prices-database.ts'

const virginia = { region: 'us-east-1' }
const tokyo = { region: 'ap-northeast-1' }

/** What the pricing pages' own examples and calculators give for a month of 730 hours. */
const months: Partial<Record<PriceItem, { quantity: number; virginia: number; tokyo?: number }>> = {
  'ebs-gp2': { quantity: 100, virginia: 10, tokyo: 12 },
  'ebs-gp3': { quantity: 100, virginia: 8, tokyo: 9.6 },
  'ebs-gp2-to-gp3': { quantity: 100, virginia: 2, tokyo: 2.4 },
  'ebs-io1': { quantity: 100, virginia: 12.5, tokyo: 14.2 },
  'ebs-io2': { quantity: 100, virginia: 12.5, tokyo: 14.2 },
  'ebs-st1': { quantity: 1_000, virginia: 45, tokyo: 54 },
  'ebs-sc1': { quantity: 1_000, virginia: 15 },
  'ebs-standard': { quantity: 100, virginia: 5, tokyo: 8 },
  'ebs-snapshot': { quantity: 100, virginia: 5, tokyo: 5 },
  'ec2-public-ipv4': { quantity: 1, virginia: 3.65 },
  'vpc-nat-gateway': { quantity: 1, virginia: 32.85, tokyo: 45.26 },
  'elb-application': { quantity: 1, virginia: 16.43, tokyo: 17.74 },
  'elb-network': { quantity: 1, virginia: 16.43, tokyo: 17.74 },
  'elb-gateway': { quantity: 1, virginia: 9.13 },
  secret: { quantity: 5, virginia: 2, tokyo: 2 },
  'logs-storage': { quantity: 100, virginia: 3, tokyo: 3.3 },
  'lambda-x86': { quantity: 1_000_000, virginia: 16.67, tokyo: 16.67 },
  'lambda-arm': { quantity: 1_000_000, virginia: 13.33, tokyo: 13.33 },
  'ec2-t3': { quantity: 1, virginia: 60.74, tokyo: 79.42 },
  'ec2-m5': { quantity: 1, virginia: 70.08, tokyo: 90.52 },
  'ec2-c5': { quantity: 1, virginia: 62.05, tokyo: 78.11 },
  'ec2-r5': { quantity: 1, virginia: 91.98, tokyo: 110.96 },
  'dynamodb-capacity': { quantity: 100, virginia: 9.49, tokyo: 10.83 },
  'kinesis-shard': { quantity: 2, virginia: 21.9, tokyo: 28.47 },
  'kinesis-on-demand-stream': { quantity: 1, virginia: 29.2 },
}

describe('list prices of a month', () => {
  test.each(Object.entries(months))('%s', (item, { quantity, virginia: usd, tokyo: there }) => {
    expect(savingsOf(item as PriceItem, quantity, virginia).usdPerMonth).toBe(usd)
    if (there !== undefined) expect(savingsOf(item as PriceItem, quantity, tokyo).usdPerMonth).toBe(there)
  })

  test('every price stands in a test', () => {
    // Families of instances are sampled: their table is one shape.
    const apart = new Set(Object.keys({ ...computePrices, ...databasePrices }))
    expect(Object.keys(prices).filter((item) => !apart.has(item) && !(item in months))).toEqual([])
  })

  test.each(Object.entries(prices))('%s says where and when it was read, and can be believed', (_, price) => {
    expect(price.source).toMatch(/^https:\/\/(aws\.amazon\.com|docs\.aws\.amazon\.com)\//)
    expect(price.asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
    expect(price.unit).not.toBe('')
    expect(price.usd).toBeGreaterThan(0)
    // A slip of a digit would make one region many times another.
    for (const usd of Object.values('regions' in price ? price.regions : {})) expect(usd / price.usd).toBeGreaterThan(0.7)
    for (const usd of Object.values('regions' in price ? price.regions : {})) expect(usd / price.usd).toBeLessThan(2)
  })
})

describe('how it is reckoned', () => {
  test('with the price of the region', () => {
    expect(savingsOf('ebs-gp3', 10, tokyo).basis).toMatchObject({ usd: 0.096, quantity: 10, unit: 'GiB', region: 'ap-northeast-1' })
  })

  test('a region without one as us-east-1, and says so', () => {
    expect(savingsOf('ebs-gp3', 10, { region: 'mx-central-1' })).toMatchObject({ usdPerMonth: 0.8, basis: { region: 'us-east-1' } })
  })

  test('with a price of one’s own, its date and its source', () => {
    const own = { 'ebs-gp3': { usd: 0.05, asOf: '2026-11-01', source: 'our contract' } }
    expect(savingsOf('ebs-gp3', 100, virginia, own)).toMatchObject({
      usdPerMonth: 5,
      basis: { usd: 0.05, asOf: '2026-11-01', source: 'our contract' },
    })
  })

  test('a price of one’s own counts in all regions, unless it names some', () => {
    const own = { usd: 0.05, asOf: '2026-11-01', source: 'our contract' }
    expect(savingsOf('ebs-gp3', 100, tokyo, { 'ebs-gp3': own }).usdPerMonth).toBe(5)
    expect(savingsOf('ebs-gp3', 100, tokyo, { 'ebs-gp3': { ...own, regions: { 'ap-northeast-1': 0.06 } } }).usdPerMonth).toBe(6)
  })
})

describe('instances are reckoned by family and size', () => {
  test.each([
    ['t3.nano', 3.8],
    ['t3.micro', 7.59],
    ['m5.large', 70.08],
    ['m5.xlarge', 140.16],
    ['m5.24xlarge', 3363.84],
    ['r6g.medium', 36.79],
  ])('%s: %d a month', (type, usd) => {
    const priced = computeItem(type)
    expect(priced && savingsOf(priced.item, priced.quantity, virginia).usdPerMonth).toBe(usd)
  })

  test.each(['p4d.24xlarge', 'm5.metal', 'm5', ''])('%j has no price here', (type) => expect(computeItem(type)).toBeNull())
})
