import type { PriceItem } from './prices.ts'

const volumeItems: Readonly<Record<string, PriceItem>> = {
  gp2: 'ebs-gp2',
  gp3: 'ebs-gp3',
  io1: 'ebs-io1',
  io2: 'ebs-io2',
  st1: 'ebs-st1',
  sc1: 'ebs-sc1',
  standard: 'ebs-standard',
}

/** Price of a GiB of a volume of this type. Of what is provisioned beside it (IOPS, throughput) nothing is reckoned: it costs that at least. */
export const volumeItem = (type: string): PriceItem | null => volumeItems[type] ?? null
