import { type Clock, sleep } from '../../core/clock.ts'
import type { Leadership, Term } from '../../core/journal/leader.ts'
import type { Watch } from '../../core/probes/watch.ts'
import type { Engine, EnginePorts } from '../../remediation/engine.ts'
import type { Intake } from './intake.ts'

export interface TermPorts {
  makeEngine(term: Required<Pick<EnginePorts, 'term' | 'mayAct' | 'mayRenew' | 'earlierMs'>>): Engine
  people: { start(): Promise<void>; stop(): Promise<void> }
  watch: Pick<Watch, 'lead' | 'follow'>
  intake: Pick<Intake, 'open' | 'shut'>
  clock: Clock
}

/** A run that goes on for longer when a term ends is taken up by the next one, as after a crash. */
const endsWithinMs = 3_000

interface Mine {
  over: boolean
  engine: Engine | null
  /** The engine knows the roles. */
  started: boolean
}

/** What only the controller does that leads: it is made when a term begins, and gone when it has ended. */
export function openTerms({ makeEngine, people, watch, intake, clock }: TermPorts) {
  let mine: Mine | null = null
  /** Of the term before: it still renews roles. */
  let lingering: Engine | null = null
  let starting = true
  let turn: Promise<unknown> = Promise.resolve()
  let settle: (first: Promise<void>) => void = () => {}
  const begun = new Promise<void>((resolve) => {
    settle = resolve
  })
  begun.catch(() => {}) // told to those who wait for it

  /** One after the other, whatever became of the one before. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  async function begin(now: Mine, term: Term): Promise<void> {
    if (now.over) return
    const engine = makeEngine({
      term: term.fence,
      mayAct: () => !now.over && term.mayAct(),
      mayRenew: term.mayRenew,
      earlierMs: term.earlierMs,
    })
    now.engine = engine
    // Before its first start nothing is broken that we know of, and who follows the journal must not miss its beginning.
    const peopleFirst = starting
    if (peopleFirst) await people.start()
    if (now.over) return
    intake.open()
    await engine.start()
    now.started = true
    letGo()
    if (now.over) return
    watch.lead()
    if (!peopleFirst) await people.start()
  }

  async function end(before: Mine | null): Promise<void> {
    const { engine } = before ?? {}
    if (before?.started) {
      letGo()
      lingering = engine ?? null
    }
    if (engine) await Promise.race([engine.stop(), sleep(clock, endsWithinMs)])
    await people.stop()
  }

  function letGo(): void {
    lingering?.letGo()
    lingering = null
  }

  const on: Parameters<Leadership['stand']>[1] = {
    begin(term) {
      const now: Mine = { over: false, engine: null, started: false }
      mine = now
      const done = inTurn(() => begin(now, term))
      settle(done)
      return done
    },
    end() {
      const before = mine
      mine = null
      // At once, also while it still begins: from here on another one may lead.
      if (before) before.over = true
      follow()
      return inTurn(() => end(before))
    },
  }
  function follow(): void {
    watch.follow()
    intake.shut()
  }
  return {
    on,
    follow,
    /** The first term has begun; fails when it could not. */
    begun,
    /** Nothing of an earlier term goes on. */
    letGo,
    leads: () => mine !== null,
    engine: () => mine?.engine ?? null,
    /** From now on a term that begins takes over from somebody: what is broken comes first. */
    started() {
      starting = false
    },
  }
}
