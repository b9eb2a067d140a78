import { causeChain } from '../../core/errors.ts'
import type { Journal, JournalEvent } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'

export interface NewsPorts {
  journal: Pick<Journal, 'events' | 'lastEvent' | 'onCommit'>
  log: Log
  /** What other controllers committed, in the order of the journal, at least once; what we committed ourselves may be among it. */
  heard(events: readonly JournalEvent[]): void
  /** So much happened that it was not read: look at everything. */
  missed(): void
}

const pageMax = 200

/** Follows what other controllers write into the same store. */
export interface News {
  /** Begins with what comes from now on. */
  start(): Promise<void>
  /** Answers when all that was committed before the call was heard. Fails when the store does. */
  catchUp(): Promise<void>
  stop(): void
}

export function openNews({ journal, log, heard, missed }: NewsPorts): News {
  let seq = 0
  let stopListening = () => {}
  let reading: Promise<void> | null = null
  let next: Promise<void> | null = null

  async function read(): Promise<void> {
    const events = await journal.events(seq, pageMax)
    if (events.length === pageMax) {
      seq = await journal.lastEvent()
      return missed()
    }
    seq = events.at(-1)?.seq ?? seq
    if (events.length > 0) heard(events)
  }

  /** One reading at a time; all who come meanwhile share the next. */
  function catchUp(): Promise<void> {
    if (!reading) {
      reading = read().finally(() => {
        reading = null
      })
      return reading
    }
    next ??= reading
      .catch(() => {})
      .then(() => {
        next = null
        return catchUp()
      })
    return next
  }

  const wake = (byOthers: boolean) => {
    if (!byOthers) return
    catchUp().catch((error: unknown) =>
      log.warn({ err: causeChain(error) }, 'what other controllers did could not be read; read again at the next commit'),
    )
  }

  return {
    async start() {
      seq = await journal.lastEvent()
      stopListening = journal.onCommit(wake)
    },
    catchUp,
    stop: () => stopListening(),
  }
}
