import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import { defineInventory, type Resource } from '../define.ts'
import { nameIn, ownerIn } from '../resource.ts'

export interface TaggedResource extends Resource {
  /** `ec2:instance`, `s3`, `lambda:function`. */
  type: string
  /** CloudFormation stack that made it. */
  stack: string | null
  tags: number
}

/** What the tagging service knows: resources that have tags, or had some once. Those never tagged are unknown to it. */
export const taggedResources = defineInventory<TaggedResource>('tagged-resources', {
  title: { en: 'Resources known to the tagging service', ja: 'タグ管理の対象リソース' },
  scope: 'region',
  calls: ['tag:GetResources'],
  async page({ aws, settings }, token) {
    const ask = new GetResourcesCommand({ ResourcesPerPage: 100, PaginationToken: token })
    const { ResourceTagMappingList, PaginationToken } = await aws.send(ResourceGroupsTaggingAPIClient, ask)
    const rows = (ResourceTagMappingList ?? []).map(
      ({ ResourceARN = '', Tags }): TaggedResource => ({
        arn: ResourceARN,
        type: typeOf(ResourceARN),
        stack: Tags?.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value ?? null,
        tags: Tags?.length ?? 0,
        ...nameIn(Tags),
        ...ownerIn(Tags, settings),
      }),
    )
    return PaginationToken ? { rows, next: PaginationToken } : { rows }
  },
})

/** `arn:aws:ec2:us-east-1:1:instance/i-1` is an `ec2:instance`; a name alone (`arn:aws:s3:::data`) tells the service only. */
function typeOf(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':')
  const kind = /^([a-z][a-z-]*)[/:]./.exec(rest.join(':'))?.[1]
  return kind && service !== 's3' ? `${service}:${kind}` : service
}
