import { z } from 'zod'
import { iso, isoOrNull, timeSchema } from '../../core/api/wire.ts'
import type { Locale } from '../andon/andon.ts'
import type { Draw } from './draw.ts'
import { type DeclaredAbsence, type DutyWeek, peopleOfWeek, type Swap } from './duty.ts'
import type { DutyNow } from './ports.ts'
import type { Review, ReviewItem } from './review.ts'
import type { NameOf, Telling } from './words.ts'

/** What the routes of duty and reviews tell. The records hold epoch ms; here stands ISO 8601. */

const personSchema = z.object({ id: z.string(), name: z.string() })
const daySchema = z.iso.date().openapi({ example: '2026-11-23' })

export const drawSchema = z
  .object({
    week: z.string().openapi({ example: '2026-W48' }),
    days: z.array(daySchema),
    size: z.int(),
    seed: z.string(),
    people: z.array(z.string()),
    missing: z.int(),
    candidates: z.array(
      z.object({
        person: z.string(),
        shifts: z.number(),
        credited: z.number(),
        weeks: z.int(),
        newcomer: z.boolean(),
        weight: z.number(),
        number: z.number(),
        ticket: z.number(),
        out: z
          .object({
            why: z.enum(['away', 'twice-running', 'zone', 'ahead']),
            days: z.int().optional(),
            of: z.int().optional(),
            zone: z.string().optional(),
            time: z.string().optional(),
            weeks: z.number().optional(),
          })
          .nullable(),
        drawn: z.enum(['newcomer', 'experienced', 'drawn', 'filled']).nullable(),
      }),
    ),
  })
  .openapi('DutyDraw', { description: 'The audit: everything that the draw rests on' })

export const swapSchema = z
  .object({
    id: z.string(),
    week: z.string(),
    from: personSchema,
    to: personSchema,
    days: z.array(daySchema),
    status: z.enum(['asked', 'swapped', 'declined', 'withdrawn', 'expired']),
    askedAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('DutySwap')

export const absenceSchema = z
  .object({
    id: z.string(),
    person: personSchema,
    from: daySchema,
    until: daySchema,
    reason: z.string().nullable(),
    by: personSchema,
    at: timeSchema,
  })
  .openapi('DutyAbsence')

export const weekSchema = z
  .object({
    id: z.string(),
    week: z.string(),
    people: z.array(personSchema).openapi({ description: 'After swaps and replacements' }),
    roster: z.array(z.object({ day: daySchema, people: z.array(z.string()) })),
    drawnAt: timeSchema,
    drawnBy: personSchema.nullable().openapi({ description: 'null: the house, at its hour' }),
    draw: drawSchema,
    swaps: z.array(swapSchema),
    replacements: z.array(
      z.object({ person: personSchema, by: personSchema.nullable(), days: z.array(daySchema), at: timeSchema, draw: drawSchema }),
    ),
  })
  .openapi('DutyWeek')

export const nowSchema = z
  .object({
    day: daySchema,
    today: z.array(personSchema),
    week: weekSchema.nullable(),
    next: weekSchema.nullable(),
    nextDrawAt: timeSchema.nullable(),
    absences: z.array(absenceSchema),
  })
  .openapi('Duty')

export const swapView = (swap: Swap, named: NameOf) => ({
  ...swap,
  from: named(swap.from),
  to: named(swap.to),
  askedAt: iso(swap.askedAt),
  endedAt: isoOrNull(swap.endedAt),
})
export const absenceView = ({ type: _, ...absence }: DeclaredAbsence, named: NameOf) => ({
  ...absence,
  person: named(absence.person),
  at: iso(absence.at),
})
export const drawView = (draw: Draw): z.infer<typeof drawSchema> => draw
export const weekView = ({ type: _, ...week }: DutyWeek, named: NameOf) => ({
  ...week,
  people: peopleOfWeek({ type: 'week', ...week }).map(named),
  drawnAt: iso(week.drawnAt),
  draw: drawView(week.draw),
  swaps: week.swaps.map((swap) => swapView(swap, named)),
  replacements: week.replacements.map((one) => ({
    ...one,
    person: named(one.person),
    by: one.by === null ? null : named(one.by),
    at: iso(one.at),
    draw: drawView(one.draw),
  })),
})
export const nowView = ({ day, today, week, next, nextDrawAt, absences }: DutyNow, named: NameOf) => ({
  day,
  today: today.map(named),
  week: week && weekView(week, named),
  next: next && weekView(next, named),
  nextDrawAt: isoOrNull(nextDrawAt),
  absences: absences.map((one) => absenceView(one, named)),
})

const whySchema = z.enum(['regressed', 'new', 'overdue', 'returned', 'carried', 'open'])
const itemSchema = z.object({
  n: z.int(),
  why: whySchema,
  finding: z.string(),
  check: z.string(),
  title: z.string(),
  says: z.string(),
  fix: z.string(),
  severity: z.enum(['low', 'medium', 'high']),
  resource: z.string(),
  name: z.string().nullable(),
  account: z.string(),
  region: z.string(),
  owner: z
    .object({ name: z.string(), kind: z.enum(['person', 'team', 'words']), by: z.enum(['ask', 'tag', 'catalogue', 'fallback']) })
    .nullable(),
  usdPerMonth: z.number().nullable(),
  firstSeenAt: timeSchema,
  decision: z
    .object({
      kind: z.enum(['ask', 'mute', 'fix', 'wrong', 'later']),
      by: personSchema,
      at: timeSchema,
      to: personSchema.nullable(),
      via: z.enum(['named', 'owner', 'team', 'fallback']).nullable().openapi({ description: 'Why they are asked' }),
      unreached: z.boolean().openapi({ description: 'They have no Slack: no message went to them' }),
      dueAt: timeSchema.nullable(),
      until: timeSchema.nullable(),
      words: z.string().nullable(),
      runbook: z.string().nullable(),
    })
    .nullable(),
})

const placeSchema = { check: z.string(), account: z.string(), region: z.string() }
const factsSchema = z.object({
  missed: z.array(daySchema).openapi({ description: 'Days whose review did not take place' }),
  silent: z.array(z.object({ guardian: z.string(), lastAt: timeSchema.nullable(), problem: z.string().nullable() })),
  scans: z.object({ runs: z.int(), lastAt: timeSchema.nullable(), opened: z.int(), regressed: z.int(), fixed: z.int() }),
  coverage: z.object({
    looked: z.int(),
    lines: z.int(),
    holes: z.array(z.object({ ...placeSchema, missing: z.string().nullable(), resources: z.int().nullable() })),
    moreHoles: z.int(),
  }),
  cost: z.object({ calls: z.int(), usd: z.number(), top: z.object({ call: z.string(), share: z.number() }).nullable() }),
  open: z.object({ now: z.int(), before: z.int().nullable(), usdPerMonth: z.number() }),
  precision: z.array(z.object({ check: z.string(), decided: z.int(), wrong: z.int(), precision: z.number().nullable() })),
  busFactor: z.object({ fixes: z.int(), topTwoShare: z.number().nullable() }),
})

export const reviewSchema = z
  .object({
    id: z.string(),
    day: daySchema,
    week: z.string(),
    people: z.array(personSchema),
    status: z.enum(['open', 'ended']),
    plannedAt: timeSchema,
    openedAt: timeSchema,
    openedBy: personSchema.nullable(),
    endsAt: timeSchema,
    endedAt: timeSchema.nullable(),
    how: z.enum(['decided', 'by-hand', 'clock', 'nothing']).nullable(),
    endedBy: personSchema.nullable(),
    waiting: z.int().openapi({ description: 'Open findings that found no room in it' }),
    items: z.array(itemSchema),
    facts: factsSchema,
  })
  .openapi('Review')

export const reviewListSchema = reviewSchema
  .omit({ items: true, facts: true })
  .extend({ decided: z.int(), undecided: z.int() })
  .openapi('ReviewSummary')

function headView(review: Review, named: NameOf) {
  const { id, day, week, people, plannedAt, openedAt, openedBy, endsAt, state, waiting } = review
  const over = state.status === 'ended' ? state : null
  return {
    ...{ id, day, week, people: people.map(named), status: state.status, openedBy, waiting },
    ...{ plannedAt: iso(plannedAt), openedAt: iso(openedAt), endsAt: iso(endsAt) },
    ...{ endedAt: over ? iso(over.at) : null, how: over?.how ?? null, endedBy: over?.by ?? null },
  }
}

export const reviewSummary = (review: Review, named: NameOf): z.infer<typeof reviewListSchema> => ({
  ...headView(review, named),
  decided: review.items.filter(({ decision }) => decision !== null).length,
  undecided: review.items.filter(({ decision }) => decision === null).length,
})

interface ViewEnv {
  locale: Locale
  named: NameOf
  tell: Telling['tell']
}

export const reviewView = (review: Review, env: ViewEnv): z.infer<typeof reviewSchema> => {
  const { facts } = review
  return {
    ...headView(review, env.named),
    items: review.items.map((item) => itemView(item, env)),
    facts: {
      ...facts,
      missed: facts.missed ?? [],
      silent: facts.silent.map((one) => ({ ...one, lastAt: isoOrNull(one.lastAt) })),
      scans: { ...facts.scans, lastAt: isoOrNull(facts.scans.lastAt) },
    },
  }
}

function itemView({ n, why, finding, decision }: ReviewItem, { locale, named, tell }: ViewEnv): z.infer<typeof itemSchema> {
  const { id, check, severity, resource, name, account, region, owner, savings, firstSeenAt } = finding
  const { title, says, fix } = tell(finding, locale)
  return {
    ...{ n, why, finding: id, check, title, says, fix, severity, resource, name, account, region, owner },
    usdPerMonth: savings?.usdPerMonth ?? null,
    firstSeenAt: iso(firstSeenAt),
    decision: decision && {
      ...decision,
      via: decision.via ?? null,
      unreached: decision.unreached ?? false,
      at: iso(decision.at),
      to: decision.to === null ? null : named(decision.to),
      dueAt: isoOrNull(decision.dueAt),
      until: isoOrNull(decision.until),
    },
  }
}
