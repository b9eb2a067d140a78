import { systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { type AwsAccess, openAws } from '../../guardians/aws/open.ts'
import type { Sources } from '../../guardians/define.ts'
import { sourcesAt, testCredentials, testTarget } from './sources.ts'

const unhurried = { paces: { '*': { perSecond: 100_000, burst: 100_000 } }, throttledAttempts: 3, unwellAttempts: 2, pauseMs: 1 }

/** The real door to an address that stands for AWS: refusals are told apart as in a scan. Without its pace, which has tests of its own. */
export const accessTo = (endpoint: string): AwsAccess =>
  openAws({
    ...{ clock: systemClock, random: seededRandom(1), environment: () => undefined, endpoint, limits: unhurried },
    credentials: async () => testCredentials,
  })

/** What an inventory is given in a scan. */
export const sourcesThrough = (access: AwsAccess, endpoint: string, over: Partial<Sources> = {}): Sources =>
  sourcesAt(endpoint, { aws: access.of(over.target ?? testTarget), ...over })
