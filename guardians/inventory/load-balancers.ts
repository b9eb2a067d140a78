import {
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  type DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Tag,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { isFault } from '../../core/errors.ts'
import { defineDetail, defineInventory, type Resource, type Sources } from '../define.ts'
import { ownerIn } from '../resource.ts'

export interface LoadBalancer extends Resource {
  kind: 'application' | 'network' | 'gateway'
  /** Value of the dimension `LoadBalancer` of its metrics: `app/name/50dc6c495c0c9188`. */
  dimension: string
  /** `internet-facing`, `internal` */
  scheme: string
  state: string
  /** Epoch ms. */
  createdAt: number | null
}

/** The API takes 20 ARNs at once. */
async function tagsOf({ aws }: Sources, arns: readonly string[]): Promise<Map<string, Tag[]>> {
  const tags = new Map<string, Tag[]>()
  for (let at = 0; at < arns.length; at += 20) {
    const command = new DescribeTagsCommand({ ResourceArns: arns.slice(at, at + 20) })
    const { TagDescriptions = [] } = await aws.send(ElasticLoadBalancingV2Client, command)
    for (const { ResourceArn, Tags } of TagDescriptions) if (ResourceArn) tags.set(ResourceArn, Tags ?? [])
  }
  return tags
}

/** Application, network and gateway load balancers. The classic ones have another API, and are not looked at. */
export const loadBalancers = defineInventory<LoadBalancer>('load-balancers', {
  title: { en: 'Load balancers (not the classic ones)', ja: 'ロードバランサー（Classic を除く）' },
  scope: 'region',
  calls: ['elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTags'],
  async page(sources, token) {
    const command = new DescribeLoadBalancersCommand({ PageSize: 400, Marker: token })
    const answer = await sources.aws.send(ElasticLoadBalancingV2Client, command)
    const balancers = (answer.LoadBalancers ?? []).filter(({ LoadBalancerArn }) => LoadBalancerArn)
    const tags = await tagsOf(
      sources,
      balancers.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
    )
    const rows = balancers.map(
      ({ LoadBalancerArn: arn = '', ...balancer }): LoadBalancer => ({
        arn,
        kind: balancer.Type ?? 'application',
        dimension: arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length),
        scheme: balancer.Scheme ?? '',
        state: balancer.State?.Code ?? '',
        createdAt: balancer.CreatedTime?.getTime() ?? null,
        ...(balancer.LoadBalancerName ? { name: balancer.LoadBalancerName } : {}),
        ...ownerIn(tags.get(arn), sources.settings),
      }),
    )
    return answer.NextMarker ? { rows, next: answer.NextMarker } : { rows }
  },
})

export interface TargetHealth {
  /** Groups of targets behind it; 0: it only redirects, or answers by itself. */
  groups: number
  /** Counted up to the first group that can serve. */
  targets: number
  /** Some target can serve, or its health is nobody's to judge (Lambda, checks switched off). */
  serves: boolean
}

/** A target that takes requests, or is about to. */
const serving: readonly string[] = ['healthy', 'initial', 'unavailable']

async function groupsOf({ aws }: Sources, arn: string): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = []
  let marker: string | undefined
  do {
    const command = new DescribeTargetGroupsCommand({ LoadBalancerArn: arn, Marker: marker })
    const answer = await aws.send(ElasticLoadBalancingV2Client, command).catch(noGroups)
    groups.push(...(answer.TargetGroups ?? []))
    marker = answer.NextMarker === marker ? undefined : answer.NextMarker
  } while (marker)
  return groups
}

/** A balancer without groups may be answered with this error. That the balancer itself is gone is another one. */
function noGroups(error: unknown): DescribeTargetGroupsCommandOutput {
  if (isFault(error, 'aws-absent') && /^TargetGroupNotFound/.test(String(error.details.code))) return { $metadata: {} }
  throw error
}

/** Can anything behind it serve? Stops asking at the first target that can: two calls for most. */
export const targetHealth = defineDetail<LoadBalancer, TargetHealth>('target-health', {
  calls: ['elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
  async get(sources, rows) {
    const health = new Map<string, TargetHealth>()
    for (const { arn } of rows) {
      const groups = await groupsOf(sources, arn)
      const found = { groups: groups.length, targets: 0, serves: false }
      for (const { TargetGroupArn } of groups) {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn })
        const { TargetHealthDescriptions = [] } = await sources.aws.send(ElasticLoadBalancingV2Client, command)
        found.targets += TargetHealthDescriptions.length
        found.serves = TargetHealthDescriptions.some(({ TargetHealth: target }) => serving.includes(target?.State ?? ''))
        if (found.serves) break
      }
      health.set(arn, found)
    }
    return health
  },
})
