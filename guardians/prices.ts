import type { Target } from './define.ts'
import { computePrices } from './prices-compute.ts'
import { databasePrices } from './prices-database.ts'
import { hourly } from './prices-hourly.ts'
import { throughputPrices } from './prices-throughput.ts'

/** What something costs per month when it is there and not needed, and how that was reckoned. */
export interface Savings {
  usdPerMonth: number
  basis: {
    item: string
    quantity: number
    unit: string
    /** Price of one unit for a month. */
    usd: number
    region: string
    /** Day on which the price was read. */
    asOf: string
    source: string
  }
}

interface Price {
  unit: string
  /** List price of one unit for a month of 730 hours, USD, in us-east-1. */
  usd: number
  /** Regions that differ. */
  regions?: Readonly<Record<string, number>>
  source: string
  asOf: string
}

/** List prices, without discounts, free tiers and taxes. `guardians.prices` of the configuration overrides them. */
export const prices = {
  'ebs-gp2': {
    unit: 'GiB',
    usd: 0.1,
    regions: { 'ap-northeast-1': 0.12, 'eu-central-1': 0.119, 'eu-west-1': 0.11 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  'ebs-gp3': {
    unit: 'GiB',
    usd: 0.08,
    regions: { 'ap-northeast-1': 0.096, 'eu-central-1': 0.0952, 'eu-west-1': 0.088 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  /** What a GiB saves by going from gp2 to gp3. */
  'ebs-gp2-to-gp3': {
    unit: 'GiB',
    usd: 0.02,
    regions: { 'ap-northeast-1': 0.024, 'eu-central-1': 0.0238, 'eu-west-1': 0.022 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  /** The storage alone: provisioned IOPS are paid beside it. */
  'ebs-io1': {
    unit: 'GiB',
    usd: 0.125,
    regions: { 'ap-northeast-1': 0.142, 'eu-central-1': 0.149, 'eu-west-1': 0.138 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  /** As io1. */
  'ebs-io2': {
    unit: 'GiB',
    usd: 0.125,
    regions: { 'ap-northeast-1': 0.142, 'eu-central-1': 0.149, 'eu-west-1': 0.138 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  'ebs-st1': {
    unit: 'GiB',
    usd: 0.045,
    regions: { 'ap-northeast-1': 0.054, 'eu-central-1': 0.054, 'eu-west-1': 0.05 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  'ebs-sc1': {
    unit: 'GiB',
    usd: 0.015,
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  'ebs-standard': {
    unit: 'GiB',
    usd: 0.05,
    regions: { 'ap-northeast-1': 0.08, 'eu-central-1': 0.059, 'eu-west-1': 0.055 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  /** Of what is stored, not of the volume's size. */
  'ebs-snapshot': {
    unit: 'GiB',
    usd: 0.05,
    regions: { 'ap-northeast-1': 0.05, 'eu-central-1': 0.054, 'eu-west-1': 0.05 },
    source: 'https://aws.amazon.com/ebs/pricing/',
    asOf: '2025-06-01',
  },
  'ec2-public-ipv4': {
    unit: 'address',
    ...hourly(0.005),
    source: 'https://aws.amazon.com/vpc/pricing/',
    asOf: '2025-06-01',
  },
  /** Its hours; the bytes come on top. */
  'vpc-nat-gateway': {
    unit: 'gateway',
    ...hourly(0.045, { 'ap-northeast-1': 0.062, 'eu-central-1': 0.052, 'eu-west-1': 0.048 }),
    source: 'https://aws.amazon.com/vpc/pricing/',
    asOf: '2025-06-01',
  },
  /** Its hours; capacity units come on top. */
  'elb-application': {
    unit: 'load balancer',
    ...hourly(0.0225, { 'ap-northeast-1': 0.0243, 'eu-central-1': 0.027, 'eu-west-1': 0.0252 }),
    source: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    asOf: '2025-06-01',
  },
  'elb-network': {
    unit: 'load balancer',
    ...hourly(0.0225, { 'ap-northeast-1': 0.0243, 'eu-central-1': 0.027, 'eu-west-1': 0.0252 }),
    source: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    asOf: '2025-06-01',
  },
  'elb-gateway': {
    unit: 'load balancer',
    ...hourly(0.0125),
    source: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    asOf: '2025-06-01',
  },
  /** Compressed, as `storedBytes` says. */
  'logs-storage': {
    unit: 'GiB',
    usd: 0.03,
    regions: { 'ap-northeast-1': 0.033, 'eu-central-1': 0.0324, 'eu-west-1': 0.03 },
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    asOf: '2025-06-01',
  },
  /** The first tier, x86. */
  'lambda-x86': {
    unit: 'GB-second',
    usd: 0.0000166667,
    regions: { 'ap-northeast-1': 0.0000166667, 'eu-central-1': 0.0000166667, 'eu-west-1': 0.0000166667 },
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2025-06-01',
  },
  'lambda-arm': {
    unit: 'GB-second',
    usd: 0.0000133334,
    regions: { 'ap-northeast-1': 0.0000133334, 'eu-central-1': 0.0000133334, 'eu-west-1': 0.0000133334 },
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf: '2025-06-01',
  },
  secret: {
    unit: 'secret',
    usd: 0.4,
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
    asOf: '2025-06-01',
  },
  ...computePrices,
  ...databasePrices,
  ...throughputPrices,
} as const satisfies Record<string, Price>

export type PriceItem = keyof typeof prices

/** Prices of one's own, by item. */
export type PriceOverrides = Readonly<
  Record<string, { usd: number; asOf: string; source: string; regions?: Readonly<Record<string, number>> }>
>

/**
 * What `quantity` units cost in a month. A region without a list price of its own is reckoned as us-east-1, and the basis says so;
 * a price of one's own replaces the list in every region.
 */
export function savingsOf(item: PriceItem, quantity: number, { region }: Pick<Target, 'region'>, overrides: PriceOverrides = {}): Savings {
  const override = overrides[item]
  const price: Price = override ? { unit: prices[item].unit, ...override } : prices[item]
  const own = price.regions?.[region]
  const usd = own ?? price.usd
  return {
    usdPerMonth: Math.round(usd * quantity * 100) / 100,
    basis: {
      ...{ item, quantity, unit: price.unit, usd },
      region: own === undefined && !override ? 'us-east-1' : region,
      asOf: price.asOf,
      source: price.source,
    },
  }
}
