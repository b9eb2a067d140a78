import { isFault } from '../../core/errors.ts'

/** A value, or the permission that was missing: for details without which something can still be judged. */
export type Told<Value> = { value: Value } | { missing: string }

/** Only what is refused is kept as `missing`; an aborted scan, a network that is down and a throttled API go through. */
export async function orMissing<Value>(action: string, ask: () => Promise<Value>): Promise<Told<Value>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (isFault(error, 'aws-denied', 'aws-refused')) return { missing: action }
    throw error
  }
}
