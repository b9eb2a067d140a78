import type { Entry } from '../../core/journal/context.ts'
import type { Json } from '../../core/runs/run.ts'
import type { Ask } from '../desk.ts'
import type { Kept } from './record.ts'

/**
 * What the journal tells of findings, for those who follow it (core/journal/follow.ts):
 *
 *   of a scan, once: `scan.ingested` (counts); `finding.opened`, `finding.regressed`, `finding.fixed` (count, ids of the worst)
 *   of one finding: `finding.asked`, `finding.answered`, `finding.reminded`, `finding.muted`, `finding.unmuted`, `finding.wrong`,
 *     `finding.reopened`, `finding.fix-approved`, `finding.fix-begun`, `finding.fix-refused`,
 *     `finding.fix-ended` (status: done, failed, unknown or cancelled)
 *   of an ask, by a scan: `finding.ask-closed` (it saw the fix), `finding.ask-unconfirmed` (it was said to be done, and is still there);
 *     by people: `finding.ask-withdrawn` (another one was asked, or it was muted, voted wrong or reopened)
 */
type OneKind =
  | 'asked'
  | 'answered'
  | 'reminded'
  | 'muted'
  | 'unmuted'
  | 'wrong'
  | 'reopened'
  | 'fix-approved'
  | 'fix-begun'
  | 'fix-refused'
  | 'fix-ended'
  | 'ask-closed'
  | 'ask-unconfirmed'
  | 'ask-withdrawn'

const entry = (kind: string, data: { [key: string]: Json }): Entry => ({ kind, component: null, incident: null, run: null, data })

export const tellOne = (kind: OneKind, { id, guardian, check, resource }: Kept, data: { [key: string]: Json } = {}): Entry =>
  entry(`finding.${kind}`, { finding: id, guardian, check, resource, ...data })

export const askData = ({ id, to, via, dueAt }: Ask): { [key: string]: Json } => ({ ask: id, to, via, dueAt })

/** An entry names no more than so many; the rest is in the list. */
const idsMax = 200

/** One entry for all that a report opened, brought back, or closed; none when there is none. `ids`: the worst first. */
export const tellMany = (kind: 'opened' | 'regressed' | 'fixed', run: string, ids: readonly string[]): Entry[] =>
  ids.length === 0 ? [] : [entry(`finding.${kind}`, { run, count: ids.length, ids: ids.slice(0, idsMax) })]

export const tellScan = (data: { [key: string]: Json }): Entry => entry('scan.ingested', data)
