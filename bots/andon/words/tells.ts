import type { Json } from '../../../core/runs/run.ts'
import type { RangeReading } from '../andon.ts'
import type { AndonEntries, AndonEntryKind } from '../entries.ts'
import type { Form } from './form.ts'

/** A form that also knows the one sentence about a range of customers. */
export interface TellForm extends Form {
  range(reading: RangeReading): string
}

/** Entries of others that stand on the timeline of an andon: of its incident, and of what could not be delivered. */
export const otherKinds = [
  'incident.opened',
  'incident.classified',
  'incident.refused',
  'incident.escalated',
  'incident.recovered',
  'incident.resolved',
  'alert.joined',
  'alerts.more',
  'run.queued',
  'run.resumed',
  'run.finished',
  'step.done',
  'step.failed',
  'step.unknown',
  'page.called',
  'page.acknowledged',
  'page.unanswered',
  'page.sent',
  'page.failed',
  'delivery.failed',
] as const
export type OtherKind = (typeof otherKinds)[number]

type Data = { [key: string]: Json | undefined }

/** A sentence for each kind; a kind without one does not compile. */
export type Tells = { [Kind in AndonEntryKind]: (data: AndonEntries[Kind], form: TellForm) => string } & {
  [Kind in OtherKind]: (data: Data, form: TellForm) => string
}
