import type { JournalEvent } from '../../core/journal/journal.ts'
import type { Andon } from './andon.ts'
import { type Context, contextOf, type ReviewOptions } from './review/context.ts'
import { customersSection, factsOf, suspectsOf } from './review/facts.ts'
import { proposalOf } from './review/proposal.ts'
import { questionsOf } from './review/questions.ts'
import { runsOf } from './review/runs.ts'
import { headOf, numbersOf, peopleOf, summaryOf } from './review/summary.ts'
import { timelineOf } from './review/timeline.ts'
import { beforeOf, inquiriesOf, kaizenOf, lanesOf } from './review/work.ts'

/**
 * The review of an andon in Markdown: what happened, from its facts and its timeline (its own entries and those of its incident, in
 * order), and what is left to ask. Pure; people's words cannot break out of it. Sections that have nothing to tell are left out.
 */
export function review(andon: Andon, timeline: readonly JournalEvent[], options: ReviewOptions): string {
  const context = contextOf(andon, timeline, options)
  const proposal = proposalOf(context)
  const parts: [keyof Context['review']['sections'], string[]][] = [
    ['numbers', numbersOf(context)],
    ['people', peopleOf(context)],
    ['timeline', timelineOf(context)],
    ['facts', factsOf(context)],
    ['suspects', suspectsOf(context)],
    ['customers', customersSection(context)],
    ['lanes', lanesOf(context)],
    ['inquiries', inquiriesOf(context)],
    ['runs', runsOf(context)],
    ['before', beforeOf(context, proposal !== null)],
    ['kaizen', kaizenOf(context)],
    ['questions', questionsOf(context)],
    ['proposal', proposal === null ? [] : [proposal]],
  ]
  const sections = parts.flatMap(([name, lines]) => (lines.length === 0 ? [] : ['', `## ${context.review.sections[name]}`, '', ...lines]))
  return `${[...headOf(context), '', summaryOf(context), ...sections].join('\n')}\n`
}
