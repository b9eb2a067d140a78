import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import { openJournal } from '../../core/journal/open.ts'
import { systemRandom } from '../../core/random.ts'
import { openAwsDoor } from '../../infra/main/aws-door.ts'
import type { AwsDoor } from '../../remediation/aws.ts'
import { openFixHouse } from '../fix-house.ts'
import { testCredentials } from './sources.ts'

/**
 * One life of a controller, to be killed by its parent: approves a fix, and hangs around the call that changes something.
 * Arguments: store, address of AWS, finding, and whether it hangs `before` that call or `after` it.
 */
const [url = '', endpoint = '', finding = '', moment = ''] = process.argv.slice(2)
const clock = systemClock
const mint = idMint(clock, systemRandom)
const door = openAwsDoor({ clock, random: systemRandom, environment: () => undefined, endpoint, credentials: async () => testCredentials })
const forever = (said: string) => {
  process.stdout.write(`${said}\n`)
  return new Promise<never>(() => {})
}
const aws: AwsDoor = async (place, call, input, limits) => {
  if (call.includes(':Describe')) return door.aws(place, call, input, limits)
  if (moment === 'before') return forever('about to change')
  await door.aws(place, call, input, limits)
  return forever('changed')
}
const journal = await openJournal({ url, clock, mint })
const house = await openFixHouse({ journal, aws, clock, mint, timeoutMs: 3_000 })
await house.approve(finding)
