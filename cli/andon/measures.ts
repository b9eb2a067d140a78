import type { MeasuresView } from '../../bots/andon/wire.ts'
import { languageOf, type Reader } from './parts.ts'
import { filled } from './width.ts'

type Spans = MeasuresView['spans']
const steps = ['human', 'lead', 'red', 'room', 'resolve'] as const

/** How pulls went, for people. Pure. */
export function measureLines(measures: MeasuresView, days: number, reader: Reader): string[] {
  const { words, labels, form } = languageOf(reader)
  const { andons, open, practice, people, surfaces, thanks, recurring, drills } = measures
  const spanLines = (spans: Spans) =>
    steps.flatMap((step) => {
      const { count, medianMs, p90Ms } = spans[step]
      if (medianMs === null || p90Ms === null) return []
      return [`  ${filled(labels.measures.steps[step], 24)}${labels.measures.spread(form.span(medianMs), form.span(p90Ms), count)}`]
    })
  const named = (title: string, items: string[]) => (items.length > 0 ? [`${title}  ${items.join(', ')}`] : [])
  return [
    labels.measures.head(andons, days, open, practice, thanks),
    ...spanLines(measures.spans),
    ...named(
      labels.measures.people,
      people.map(({ person, pulls }) => `${form.name(person)} ${pulls}`),
    ),
    ...named(
      labels.measures.surfaces,
      surfaces.map(({ via, pulls }) => `${words.via[via]} ${pulls}`),
    ),
    ...named(
      labels.measures.recurring,
      recurring.map(({ topic, count }) => `${topic} ${count}`),
    ),
    ...(drills.andons > 0 ? [labels.measures.drills(drills.andons), ...spanLines(drills.spans)] : []),
  ]
}
