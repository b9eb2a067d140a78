import { isFault } from '../../core/errors.ts'
import { missingOf } from '../aws/errors.ts'

/** A value, or the permission or answer that was missing: for details without which something can still be judged. */
export type Told<Value> = { value: Value } | { missing: string }

/** Only what AWS refuses is kept as `missing`; an aborted scan, a network that is down and a throttled API go through. */
export async function orMissing<Value>(ask: () => Promise<Value>): Promise<Told<Value>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (isFault(error, 'aws-denied', 'aws-absent', 'aws-refused')) return { missing: missingOf(error) }
    throw error
  }
}
