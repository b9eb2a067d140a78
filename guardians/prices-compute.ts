import { hourly } from './prices-hourly.ts'

/**
 * What EC2 instances cost: plain Linux, on demand, shared hardware. Within a family the price goes with the size (t2.small and
 * t2.2xlarge by less than 1 % not), so there is one price per family, that of its size `large`.
 */
const family = (usdPerHour: number, regions: Readonly<Record<string, number>> = {}) => ({
  unit: 'size large',
  ...hourly(usdPerHour, regions),
  source: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  asOf: '2025-06-01',
})

const regions = (tokyo: number, frankfurt: number, ireland: number) => ({
  'ap-northeast-1': tokyo,
  'eu-central-1': frankfurt,
  'eu-west-1': ireland,
})

export const computePrices = {
  'ec2-t2': family(0.0928, regions(0.1216, 0.1072, 0.1008)),
  'ec2-t3': family(0.0832, regions(0.1088, 0.096, 0.0912)),
  'ec2-t3a': family(0.0752, regions(0.0979, 0.0864, 0.0816)),
  'ec2-t4g': family(0.0672, regions(0.0864, 0.0768, 0.0736)),
  'ec2-m4': family(0.1),
  'ec2-m5': family(0.096, regions(0.124, 0.115, 0.107)),
  'ec2-m5a': family(0.086, regions(0.112, 0.104, 0.096)),
  'ec2-m6a': family(0.0864),
  'ec2-m6g': family(0.077, regions(0.099, 0.092, 0.086)),
  'ec2-m6i': family(0.096, regions(0.124, 0.115, 0.107)),
  'ec2-m7g': family(0.0816),
  'ec2-m7i': family(0.1008),
  'ec2-c4': family(0.1),
  'ec2-c5': family(0.085, regions(0.107, 0.097, 0.096)),
  'ec2-c5a': family(0.077),
  'ec2-c6a': family(0.0765),
  'ec2-c6g': family(0.068, regions(0.0856, 0.0776, 0.073)),
  'ec2-c6i': family(0.085, regions(0.107, 0.097, 0.096)),
  'ec2-c7g': family(0.0725),
  'ec2-c7i': family(0.08925),
  'ec2-r4': family(0.133),
  'ec2-r5': family(0.126, regions(0.152, 0.152, 0.141)),
  'ec2-r5a': family(0.113),
  'ec2-r6a': family(0.1134),
  'ec2-r6g': family(0.1008, regions(0.1216, 0.1216, 0.1128)),
  'ec2-r6i': family(0.126, regions(0.152, 0.152, 0.141)),
  'ec2-r7g': family(0.1071),
  'ec2-r7i': family(0.1323),
} as const

type ComputeItem = keyof typeof computePrices

/** Sizes in units of `large`. */
const sizes: Readonly<Record<string, number>> = { nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 }

/** `xlarge` is 2, `micro` an eighth; null: not a size. */
export function sizeOf(size: string): number | null {
  const times = /^(\d+)xlarge$/.exec(size)?.[1]
  return times ? Number(times) * 2 : (sizes[size] ?? null)
}

/** `m5.4xlarge` is eight times `ec2-m5`. Null: no price of it is known here. */
export function computeItem(type: string): { item: ComputeItem; quantity: number } | null {
  const [name = '', size = ''] = type.split('.')
  const item = `ec2-${name}`
  const quantity = sizeOf(size)
  return item in computePrices && quantity !== null ? { item: item as ComputeItem, quantity } : null
}
