import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { ownerIn } from '../resource.ts'

export interface InstancePair extends Resource {
  /** Value of the tag. */
  pair: string
  members: { id: string; state: string; zone: string | null }[]
}

/** Instances that are each other's standby carry this tag with the same value. */
export const pairTag = 'jidoka:pair'

/**
 * Instances tagged as pairs of one region, by pair. All pages at once: a pair may lie on two of them, and the filter lets only the
 * tagged ones through.
 */
export const instancePairs = defineInventory<InstancePair>('instance-pairs', {
  title: { en: `EC2 instances tagged ${pairTag}`, ja: `タグ ${pairTag} の付いた EC2 インスタンス` },
  scope: 'region',
  calls: ['ec2:DescribeInstances'],
  async page({ aws, settings }) {
    const tagged: Instance[] = []
    let NextToken: string | undefined
    do {
      const Filters = [
        { Name: 'tag-key', Values: [pairTag] },
        { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
      ]
      const answer = await aws.send(EC2Client, new DescribeInstancesCommand({ Filters, MaxResults: 1_000, NextToken }))
      tagged.push(...(answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []))
      NextToken = answer.NextToken || undefined
    } while (NextToken)
    const groups = Map.groupBy(tagged, ({ Tags }) => Tags?.find(({ Key }) => Key === pairTag)?.Value ?? '')
    const rows = [...groups].map(([pair, members]): InstancePair => {
      const owner = members.map(({ Tags }) => ownerIn(Tags, settings)).find((one) => one.owner)
      return {
        ...{ arn: `platform:instance-pair/${pair}`, name: pair, pair, ...owner },
        members: members.map(({ InstanceId, State, Placement }) => ({
          ...{ id: InstanceId ?? '', state: State?.Name ?? '', zone: Placement?.AvailabilityZone ?? null },
        })),
      }
    })
    return { rows }
  },
})
