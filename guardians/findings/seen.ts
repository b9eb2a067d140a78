import type { Mint } from '../../core/ids.ts'
import type { Owner } from '../desk.ts'
import type { ReportedFinding } from '../report.ts'
import type { Kept } from './record.ts'

/** What a scan does to a finding. Pure. */

export interface Sight {
  run: string
  /** Epoch ms: what was said before then should have been done. */
  startedAt: number
  now: number
  mint: Mint
  owner: Owner | null
}

/** `silent`: muted or voted wrong, and left as it is. */
export type SeenAs = 'opened' | 'regressed' | 'again' | 'silent'

export interface Seen {
  kept: Kept
  as: SeenAs
  /** The answer that it is done, which this scan does not confirm. */
  unconfirmed: boolean
  /** False: this run has been here before. */
  changed: boolean
}

export function seen(before: Kept | null, reported: ReportedFinding, sight: Sight): Seen {
  if (before === null) return { kept: opened(reported, sight), as: 'opened', unconfirmed: false, changed: true }
  if (before.lastRun === sight.run) return { kept: before, as: repeated(before, sight.run), unconfirmed: false, changed: false }
  const now: Kept = { ...before, ...told(reported), owner: ownerNow(before, sight), lastSeenAt: sight.now, lastRun: sight.run }
  const after = lived(now, before, sight)
  return { ...after, changed: true }
}

/** The exhaustive life of what was known before. */
function lived(now: Kept, before: Kept, { run, now: at, startedAt }: Sight): Omit<Seen, 'changed'> {
  const muted = before.mute !== null && before.mute.until > at
  switch (before.status) {
    case 'open':
      return { kept: { ...now, fix: fixNow(before, startedAt) }, as: 'again', unconfirmed: false }
    case 'asked': {
      const unconfirmed = before.ask?.answer?.kind === 'done' && before.ask.answer.at < startedAt
      const ask = before.ask && unconfirmed ? { ...before.ask, answer: null } : before.ask
      return { kept: { ...now, ask, fix: fixNow(before, startedAt) }, as: 'again', unconfirmed }
    }
    case 'muted':
      return muted
        ? { kept: now, as: 'silent', unconfirmed: false }
        : { kept: { ...now, status: 'open', mute: null }, as: 'again', unconfirmed: false }
    case 'wrong':
      // The vote was about that reason, and no other.
      return now.reason === before.reason
        ? { kept: now, as: 'silent', unconfirmed: false }
        : { kept: { ...now, status: 'open', wrong: null }, as: 'again', unconfirmed: false }
    case 'fixed': {
      const back: Kept = { ...now, fixed: null, fixedBy: null, ask: null, fix: null }
      if (muted) return { kept: { ...back, status: 'muted' }, as: 'silent', unconfirmed: false }
      const regressed = { regressions: now.regressions + 1, regressedAt: at, regressedRun: run }
      return { kept: { ...back, ...regressed, status: 'open', mute: null }, as: 'regressed', unconfirmed: false }
    }
  }
}

/** A fix that this scan does not confirm has not worked: it may be tried again. */
const fixNow = ({ fix }: Kept, startedAt: number) => (fix && !fix.dryRun && fix.at < startedAt ? null : fix)

/** What it was taken for when this run came first. */
function repeated(kept: Kept, run: string): SeenAs {
  if (kept.regressedRun === run) return 'regressed'
  if (kept.openedRun === run) return 'opened'
  return kept.status === 'muted' || kept.status === 'wrong' ? 'silent' : 'again'
}

const told = ({ name, severity, reason, evidence, savings, guardian }: ReportedFinding) => ({
  name,
  severity,
  reason,
  evidence,
  savings,
  guardian,
})

/** Who was named by a person stays; a tag may change. */
const ownerNow = (before: Kept, { owner }: Sight) => (before.owner?.by === 'ask' ? before.owner : owner)

function opened(reported: ReportedFinding, { run, now, mint, owner }: Sight): Kept {
  const { check, account, region, resource } = reported
  return {
    ...{ id: mint('fnd'), check, account, region, resource, ...told(reported), status: 'open', owner },
    ...{ firstSeenAt: now, lastSeenAt: now, lastRun: run, openedRun: run },
    ...{ regressions: 0, regressedAt: null, regressedRun: null, ask: null, mute: null, wrong: null, fix: null, fixed: null },
    ...{ voted: false, decided: false, fixedBy: null },
  }
}

/** A complete scan that covered it did not see it. A mute lasts: what comes and goes under it tells nobody. */
export function gone(before: Kept, run: string, now: number): Kept {
  const fixedBy = before.status === 'muted' ? null : creditOf(before)
  return { ...before, status: 'fixed', fixed: { at: now, run }, fixedBy, decided: true }
}

/** Whose fix it is: who said that they do it, else who approved it, else who was asked, else whose it is. */
function creditOf({ ask, fix, owner }: Kept): string | null {
  const answer = ask?.answer
  const did = answer?.kind === 'done' || answer?.kind === 'will-do'
  if (ask && did) return isPerson(answer.by) ? answer.by : ask.to
  if (fix && !fix.dryRun && isPerson(fix.by)) return fix.by
  if (ask && !answer) return ask.to
  return owner?.kind === 'person' && owner.by !== 'fallback' ? owner.name : null
}

const isPerson = (who: string) => !who.startsWith('token:')
