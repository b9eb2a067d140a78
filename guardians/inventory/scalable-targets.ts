import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface ScalableTarget extends Resource {
  /** `table/orders`, `table/orders/index/by-day`. */
  resourceId: string
  /** `dynamodb:table:ReadCapacityUnits` and the like. */
  dimension: string
}

/** What Application Auto Scaling scales of DynamoDB. */
export const scalableTargets = defineInventory<ScalableTarget>('scalable-targets', {
  title: { en: 'Scaling of DynamoDB tables', ja: 'DynamoDB テーブルの自動スケーリング' },
  scope: 'region',
  calls: ['application-autoscaling:DescribeScalableTargets'],
  async page({ aws, target }, token) {
    const ask = new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', MaxResults: 50, NextToken: token })
    const answer = await aws.send(ApplicationAutoScalingClient, ask)
    const rows = (answer.ScalableTargets ?? []).map(
      ({ ResourceId = '', ScalableDimension = '' }): ScalableTarget => ({
        // Not the ARN that AWS gives: older targets have none.
        arn: arnOf(target, 'application-autoscaling', `scalable-target/${ResourceId}/${ScalableDimension}`),
        resourceId: ResourceId,
        dimension: ScalableDimension,
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
