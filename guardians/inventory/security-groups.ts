import { DescribeSecurityGroupsCommand, EC2Client, type IpPermission } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, ownerIn } from '../resource.ts'

export interface SecurityGroup extends Resource {
  id: string
  vpc: string | null
  /** Its VPC cannot be without it. */
  isDefault: boolean
  /** Ingress rules that let the whole internet in. */
  open: OpenRule[]
  /** Other groups that its rules name. */
  names: string[]
}

export interface OpenRule {
  /** `tcp`, `udp`, `icmp`; `-1`: all. */
  protocol: string
  /** -1: all ports. */
  fromPort: number
  toPort: number
  cidr: '0.0.0.0/0' | '::/0'
}

function openRules({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] }: IpPermission): OpenRule[] {
  const cidrs = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)]
  const anybody = cidrs.filter((cidr): cidr is OpenRule['cidr'] => cidr === '0.0.0.0/0' || cidr === '::/0')
  return anybody.map((cidr) => ({ protocol: IpProtocol ?? '-1', fromPort: FromPort ?? -1, toPort: ToPort ?? -1, cidr }))
}

export const securityGroups = defineInventory<SecurityGroup>('security-groups', {
  title: { en: 'Security groups', ja: 'セキュリティグループ' },
  scope: 'region',
  calls: ['ec2:DescribeSecurityGroups'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeSecurityGroupsCommand({ MaxResults: 1000, NextToken: token }))
    const rows = (answer.SecurityGroups ?? []).map((group): SecurityGroup => {
      const { IpPermissions = [], IpPermissionsEgress = [] } = group
      const named = [...IpPermissions, ...IpPermissionsEgress].flatMap(({ UserIdGroupPairs }) => UserIdGroupPairs ?? [])
      return {
        arn: arnOf(target, 'ec2', `security-group/${group.GroupId}`),
        id: group.GroupId ?? '',
        vpc: group.VpcId ?? null,
        isDefault: group.GroupName === 'default',
        open: IpPermissions.flatMap(openRules),
        names: [...new Set(named.flatMap(({ GroupId }) => GroupId ?? []))].filter((id) => id !== group.GroupId),
        ...(group.GroupName ? { name: group.GroupName } : {}),
        ...ownerIn(group.Tags, settings),
      }
    })
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
