import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, ownerIn } from '../resource.ts'

export interface Image extends Resource {
  id: string
  /** Epoch ms. */
  createdAt: number | null
  /** Epoch ms of the last launch from it, by anybody; AWS tells it a day late. Null: never, or not told. */
  lastLaunchedAt: number | null
  /** Anybody may launch it. */
  public: boolean
  /** Snapshots that it keeps alive. */
  snapshots: string[]
}

const timeOf = (text: string | undefined): number | null => {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? null : time
}

/** Machine images (AMIs) that this account owns, disabled ones too: their snapshots are paid for as well. */
export const images = defineInventory<Image>('images', {
  title: { en: 'Machine images (AMIs)', ja: 'マシンイメージ（AMI）' },
  scope: 'region',
  calls: ['ec2:DescribeImages'],
  async page({ aws, target, settings }, token) {
    const command = new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, MaxResults: 1000, NextToken: token })
    const answer = await aws.send(EC2Client, command)
    const rows = (answer.Images ?? []).map(
      (image): Image => ({
        arn: arnOf(target, 'ec2', `image/${image.ImageId}`, { account: true }),
        id: image.ImageId ?? '',
        createdAt: timeOf(image.CreationDate),
        lastLaunchedAt: timeOf(image.LastLaunchedTime),
        public: image.Public ?? false,
        snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
        ...(image.Name ? { name: image.Name } : {}),
        ...ownerIn(image.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
