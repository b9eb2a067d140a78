import type { Target } from './define.ts'

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
} as const satisfies Record<string, Price>

export type PriceItem = keyof typeof prices

/** Prices of one's own, by item. */
export type PriceOverrides = Readonly<
  Record<string, { usd: number; asOf: string; source: string; regions?: Readonly<Record<string, number>> }>
>

/** What `quantity` units cost in a month. A region without a price of its own is reckoned as us-east-1, and the basis says so. */
export function savingsOf(item: PriceItem, quantity: number, { region }: Pick<Target, 'region'>, overrides: PriceOverrides = {}): Savings {
  const price: Price = { ...prices[item], ...overrides[item] }
  const own = price.regions?.[region]
  const usd = own ?? price.usd
  return {
    usdPerMonth: Math.round(usd * quantity * 100) / 100,
    basis: {
      ...{ item, quantity, unit: price.unit, usd },
      region: own === undefined ? 'us-east-1' : region,
      asOf: price.asOf,
      source: price.source,
    },
  }
}
