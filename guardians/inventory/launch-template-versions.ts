import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface LaunchTemplateVersion extends Resource {
  template: string
  version: number
  /** An AMI, or `resolve:ssm:…` where it is looked up at each launch. Null: chosen elsewhere. */
  image: string | null
  securityGroups: string[]
}

/**
 * The latest and the default version of each launch template: what is launched unless somebody pins a number.
 * Numbered versions cannot be asked for all templates together; what still runs from one is seen in the instances.
 */
export const launchTemplateVersions = defineInventory<LaunchTemplateVersion>('launch-template-versions', {
  title: { en: 'Launch templates', ja: '起動テンプレート' },
  scope: 'region',
  calls: ['ec2:DescribeLaunchTemplateVersions'],
  async page({ aws, target }, token) {
    const command = new DescribeLaunchTemplateVersionsCommand({ Versions: ['$Latest', '$Default'], MaxResults: 200, NextToken: token })
    const answer = await aws.send(EC2Client, command)
    const rows = (answer.LaunchTemplateVersions ?? []).map((version): LaunchTemplateVersion => {
      const { ImageId, SecurityGroupIds = [], NetworkInterfaces = [] } = version.LaunchTemplateData ?? {}
      return {
        arn: arnOf(target, 'ec2', `launch-template/${version.LaunchTemplateId}:${version.VersionNumber}`),
        template: version.LaunchTemplateId ?? '',
        version: version.VersionNumber ?? 0,
        image: ImageId ?? null,
        securityGroups: [...SecurityGroupIds, ...NetworkInterfaces.flatMap(({ Groups }) => Groups ?? [])],
        ...(version.LaunchTemplateName ? { name: version.LaunchTemplateName } : {}),
      }
    })
    // A version that is both comes once or twice.
    const unique = [...new Map(rows.map((row) => [row.arn, row])).values()]
    return answer.NextToken ? { rows: unique, next: answer.NextToken } : { rows: unique }
  },
})
