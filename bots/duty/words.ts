import type { Catalog } from '../../core/catalog/catalog.ts'
import { catalogue } from '../../guardians/catalogue.ts'
import type { Guardian } from '../../guardians/define.ts'
import { teller, wordsOf } from '../../guardians/say.ts'
import { keeper } from '../../guardians/silence.ts'
import type { Locale, Person } from '../andon/andon.ts'
import type { Candidate, Draw } from './draw.ts'
import type { DutyEntryKind } from './entries.ts'
import type { Digest, ReviewFacts, ReviewItem } from './review.ts'
import { en } from './words/en.ts'
import type { DutyForm } from './words/form.ts'
import { ja } from './words/ja.ts'

/** Everything that people read of duty, reviews and asks, in their language. */
export type DutyWords = typeof en
export const dutyWords = (locale: Locale): DutyWords => ({ en, ja })[locale]

export interface Telling {
  /** What a finding says, by its check. */
  tell: ReturnType<typeof teller>
  /** What mends it, with approval; null: people do. */
  runbookOf(check: string): string | null
}

const tellings = new WeakMap<Catalog, Telling>()

/** The words of all checks: ours, those of the configuration, and that of the keeper. */
export function tellingOf(catalog: Catalog): Telling {
  const known = tellings.get(catalog)
  if (known) return known
  const guardians = [...catalogue, ...wordsOf(catalog.config.guardians.own as Guardian[])]
  const runbooks = new Map(guardians.flatMap(({ checks }) => checks.map(({ id, runbook }) => [id, runbook])))
  const made: Telling = { tell: teller([...guardians, keeper]), runbookOf: (check) => runbooks.get(check) ?? null }
  tellings.set(catalog, made)
  return made
}

export const isDutyEntry = (kind: string): kind is DutyEntryKind => Object.hasOwn(en.tells, kind)

/** One sentence for an entry of the journal; null: not one of ours. */
export function tellDuty({ kind, data }: { kind: string; data: object }, form: DutyForm): string | null {
  if (!isDutyEntry(kind)) return null
  const tell = dutyWords(form.locale).tells[kind] as (data: unknown, form: DutyForm) => string
  return tell(data, form)
}

/** The lines over the agenda; who did not report comes first. */
export function factLines(facts: ReviewFacts, form: DutyForm): { alarms: string[]; lines: string[] } {
  const words = dutyWords(form.locale).facts
  const { coverage, cost, open, precision, busFactor, silent, missed = [] } = facts
  const looked = form.number(coverage.looked)
  const holes = coverage.holes.length + coverage.moreHoles
  const precise = precision.map((one) => words.precise(one.check, form.share(one.precision ?? 0), one.decided)).join(', ')
  return {
    alarms: [
      ...(missed.length > 0 ? [words.missed(missed.map(form.day).join(form.locale === 'ja' ? '、' : ', '))] : []),
      ...silent.map(({ guardian, lastAt, problem }) =>
        words.silent(form.text(guardian), lastAt === null ? null : form.moment(lastAt), problem === null ? null : form.text(problem)),
      ),
    ],
    lines: [
      words.scans(facts.scans),
      ...(coverage.lines === 0 ? [] : holes === 0 ? [words.noHoles(looked)] : [words.holes(holes, looked)]),
      ...coverage.holes.map((hole) => `– ${form.text(words.hole(hole))}`),
      ...(coverage.moreHoles > 0 ? [`– ${words.moreHoles(coverage.moreHoles)}`] : []),
      ...(cost.calls > 0
        ? [
            words.cost(
              form.number(cost.calls),
              form.money(cost.usd),
              cost.top && cost.top.share > 0 ? words.top(cost.top.call, form.share(cost.top.share)) : null,
            ),
          ]
        : []),
      words.open(open.now, open.before, form.money(open.usdPerMonth)),
      ...(precise === '' ? [] : [words.precision(precise)]),
      ...(busFactor.topTwoShare === null || busFactor.fixes < 5
        ? []
        : [words.busFactor(form.share(busFactor.topTwoShare), busFactor.fixes)]),
    ],
  }
}

export type NameOf = (id: string) => Person

/** What was decided of an item, in one line; null: nothing yet. */
export function decisionLine({ decision }: ReviewItem, form: DutyForm, named: NameOf): string | null {
  if (!decision) return null
  const words = dutyWords(form.locale)
  const to = decision.to === null ? words.nobody : form.name(named(decision.to))
  return words.decided(decision, form.name(decision.by), to, form)
}

export function digestLines(digest: Digest, form: DutyForm, named: NameOf): string[] {
  const { digest: words, nobody } = dutyWords(form.locale)
  const names = (ids: readonly string[]) => (ids.length === 0 ? nobody : form.names(ids.map(named)))
  const { next } = digest
  return [
    words.people(names(digest.people)),
    words.decisions(digest),
    words.findings(digest),
    words.savings(form.money(digest.savedUsd), form.money(digest.openUsd)),
    next === null
      ? words.notDrawn
      : `${words.next(next.week, names(next.people))}${next.missing > 0 ? ` ${words.missing(next.missing)}` : ''}`,
  ]
}

/** The audit of a draw, as a table of words: who, shifts, weight, number, ticket, what became of it. */
export function drawRows(draw: Draw, locale: Locale, named: NameOf): string[][] {
  const words = dutyWords(locale)
  const what = ({ drawn, out, credited }: Candidate) =>
    [
      ...(drawn ? [words.draw.drawn[drawn]] : []),
      ...(out ? [words.out(out)] : []),
      ...(credited > 0 ? [words.draw.credited(credited)] : []),
    ].join('; ')
  return draw.candidates.map((one) => [
    named(one.person).name,
    String(one.shifts),
    one.weight.toFixed(3),
    one.number.toFixed(6),
    one.ticket > 9_999 ? '–' : one.ticket.toFixed(3),
    what(one),
  ])
}
