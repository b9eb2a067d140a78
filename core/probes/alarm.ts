import { type AlertInput, keyOf, type Signal } from '../alerts/alert.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** The same trouble is told again after so long, in case it was lost on its way. */
const againMs = 10_000
/** Another symptom of the same trouble is told at once, but not more often than this. */
const otherSymptomMs = 1_000

/** One alert key: tells when it begins to fire, when it fires on, and when it is over. */
export interface Alarm {
  /** `always`: a new fact (a process ended once more, a state was decided), however soon after the last. */
  fire(signal: Signal, summary: string, always?: boolean): void
  clear(summary: string): void
  /** What was told of it is no more known to be true, and is not told again. */
  forget(): void
  /** Something was told, and it was not the end. */
  readonly firing: boolean
}

export interface AlarmDesk {
  alarm(component: string, member: string | null, source: string): Alarm
  /** Hands over what has gathered since the last time, as one batch. */
  flush(): void
  /** Tells the state of every alarm once more: nobody heard what was told before. */
  retell(): void
  /** What fires now. */
  firing(): AlertInput[]
}

/**
 * `onAlerts` may throw: what it did not take is told again at the next look. The first clear of each key is always told: it may
 * have fired before we started, and nobody else would end it.
 */
export function alarmDesk({ clock, onAlerts, log }: { clock: Clock; onAlerts(alerts: AlertInput[]): void; log: Log }): AlarmDesk {
  let waiting: { alert: AlertInput; lost(): void }[] = []
  /** What was last told of each key. */
  const newest = new Map<string, AlertInput>()

  function alarm(component: string, member: string | null, source: string): Alarm {
    let told: { signal: Signal; at: number } | 'nothing' | 'clear' = 'nothing'

    function tell(status: AlertInput['status'], signal: Signal, summary: string) {
      const before = told
      told = status === 'resolved' ? 'clear' : { signal, at: clock.monotonic() }
      const alert = { key: keyOf(component, member, source), component, member, signal, status, source, summary, at: clock.now() }
      newest.set(alert.key, alert)
      waiting.push({
        alert,
        lost: () => {
          told = before
        },
      })
    }

    return {
      fire(signal, summary, always = false) {
        const age = typeof told === 'string' ? Number.POSITIVE_INFINITY : clock.monotonic() - told.at
        const same = typeof told !== 'string' && told.signal === signal
        if (always || age >= (same ? againMs : otherSymptomMs)) tell('firing', signal, summary)
      },
      clear(summary) {
        if (told !== 'clear') tell('resolved', typeof told === 'string' ? 'external' : told.signal, summary)
      },
      forget() {
        told = 'nothing'
        newest.delete(keyOf(component, member, source))
      },
      get firing() {
        return typeof told !== 'string'
      },
    }
  }

  function flush() {
    if (waiting.length === 0) return
    const batch = waiting
    waiting = []
    try {
      onAlerts(batch.map(({ alert }) => alert))
    } catch (error) {
      for (const { lost } of batch.toReversed()) lost()
      log.error({ err: error, alerts: batch.length }, 'alerts were not taken; they are told again at the next look')
    }
  }

  return {
    alarm,
    flush,
    retell() {
      waiting = [...newest.values()].map((alert) => ({ alert: { ...alert, at: clock.now() }, lost: () => {} }))
      flush()
    },
    firing: () => [...newest.values()].filter(({ status }) => status === 'firing'),
  }
}
