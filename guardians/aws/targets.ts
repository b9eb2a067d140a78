import { fault } from '../../core/errors.ts'
import type { Target } from '../define.ts'
import type { AwsAccess } from './open.ts'
import { partitionOf } from './regions.ts'

/**
 * Where to look: the configured accounts and regions; without any, the account of the credentials and the region of the
 * environment or profile that are there.
 * @throws fault `usage` when no region is told, and what `whoAmI` throws
 */
export async function targetsOf(
  accounts: readonly { account: string; regions: readonly string[] }[],
  access: Pick<AwsAccess, 'whoAmI'>,
  environment: (name: string) => string | undefined,
): Promise<Target[]> {
  if (accounts.length > 0)
    return accounts.flatMap(({ account, regions }) => regions.map((region) => ({ account, region, partition: partitionOf(region) })))
  const { account, partition, region } = await access.whoAmI()
  const here = region ?? environment('AWS_REGION')
  if (!here)
    throw fault('usage', { problem: 'No region to look at.', hint: 'Set AWS_REGION, or name accounts and regions in guardians.accounts.' })
  return [{ account, partition, region: here }]
}
