import { DescribeAddressesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface Address extends Resource {
  id: string
  ip: string
  /** Of an instance, an interface, a NAT gateway. */
  associated: boolean
  /** From a pool of AWS: paid by the hour. One's own are not. */
  ofAws: boolean
}

/** Elastic IP addresses. The API has no pages: an account has few. */
export const addresses = defineInventory<Address>('addresses', {
  title: { en: 'Elastic IP addresses', ja: 'Elastic IP アドレス' },
  scope: 'region',
  calls: ['ec2:DescribeAddresses'],
  async page({ aws, target, settings }) {
    const answer = await aws.send(EC2Client, new DescribeAddressesCommand({}))
    const rows = (answer.Addresses ?? []).map((address): Address => {
      const id = address.AllocationId ?? address.PublicIp ?? ''
      return {
        arn: arnOf(target, 'ec2', `elastic-ip/${id}`),
        id,
        ip: address.PublicIp ?? address.CustomerOwnedIp ?? '',
        associated: Boolean(address.AssociationId || address.InstanceId || address.NetworkInterfaceId),
        ofAws: (address.PublicIpv4Pool ?? 'amazon') === 'amazon' && !address.CustomerOwnedIp,
        ...nameIn(address.Tags),
        ...ownerIn(address.Tags, settings),
      }
    })
    return { rows }
  },
})
