import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import { systemRandom } from '../../core/random.ts'

/** A key under which one order counts once, however often it is sent. */
export const freshKey = (mint = idMint(systemClock, systemRandom)): string => mint('req')
