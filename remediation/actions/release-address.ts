import { seconds } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import { type AwsPlace, awsHere, changedSince } from '../aws.ts'
import { addressState } from '../aws-state.ts'
import { defineAction } from './define.ts'

type Args = { place: AwsPlace; allocation: string; ip: string }

/** Gives an Elastic IP address back. A minute later it may be another's. */
export const releaseAddress = defineAction('release-address', {
  title: 'Give an Elastic IP address back',
  kind: 'irreversible',
  timeoutMs: seconds(60),
  attempts: 1,
  permissions: ['ec2:DescribeAddresses', 'ec2:ReleaseAddress'],
  async apply({ place, allocation, ip }: Args, context) {
    const aws = awsHere(context.world, place, context)
    const now = await addressState(aws, allocation)
    if (!now || now.ip !== ip) throw changedSince(allocation, ip, now ? now.ip : 'gone')
    if (now.associated)
      throw fault('refused', { reason: `${ip} is associated by now: somebody uses it`, hint: 'Let the guardians look again.' })
    try {
      await aws('ec2:ReleaseAddress', { AllocationId: allocation })
    } catch (error) {
      // Tried again after silence: the first one was heard.
      if (!isFault(error, 'aws-absent')) throw error
    }
    return { released: ip, allocation }
  },
  async probe({ place, allocation }, context) {
    return (await addressState(awsHere(context.world, place, context), allocation)) ? 'not-done' : 'done'
  },
})
