/** Partitions, and where what belongs to a whole account is asked. */

const partitions: readonly [prefix: string, partition: string, home: string][] = [
  ['cn-', 'aws-cn', 'cn-north-1'],
  ['us-gov-', 'aws-us-gov', 'us-gov-west-1'],
  ['us-isob-', 'aws-iso-b', 'us-isob-east-1'],
  ['us-iso-', 'aws-iso', 'us-iso-east-1'],
  ['eusc-', 'aws-eusc', 'eusc-de-east-1'],
]

export const partitionOf = (region: string): string => partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'

export const homeRegionOf = (partition: string): string => partitions.find(([, name]) => name === partition)?.[2] ?? 'us-east-1'
