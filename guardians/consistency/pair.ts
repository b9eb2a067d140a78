import { scrub } from '../../core/scrub.ts'
import { defineCheck, fail, pass, unknown } from '../define.ts'
import { pairComparison, storePairs } from '../inventory/store-pairs.ts'

/** Two stores that are each other's copy, and are not. */
export const pair = defineCheck('consistency-pair', {
  number: 60,
  severity: 'high',
  title: { en: 'Pair of stores that disagrees', ja: '食い違うストアの組' },
  why: {
    en: 'One of the two is wrong, and each hour more is decided by it: bills, routes, rights. Customers find it first.',
    ja: 'どちらかが誤っており、請求・経路・権限などの判断がそれに基づいて進みます。最初に気づくのは顧客です。',
  },
  fix: {
    en: 'Look at the examples in both stores, find out which one is right and which job writes the other, mend the job, then write the rows again. `jidoka guardians run consistency` compares once more.',
    ja: '例に挙がった行を両方のストアで確認し、正しい側と、もう一方を書く処理を突き止めます。処理を直して行を書き直し、`jidoka guardians run consistency` で再度比較します。',
  },
  peers: [],
  says: {
    counts: { en: '{leftRows} rows on the left, {rightRows} on the right', ja: '左 {leftRows} 行、右 {rightRows} 行' },
    missing: {
      en: 'of {keysCompared} keys {onlyLeft} are on the left only and {onlyRight} on the right only: {examples}',
      ja: '比較したキー {keysCompared} 件のうち、左だけ {onlyLeft} 件、右だけ {onlyRight} 件: {examples}',
    },
    different: {
      en: 'of {keysCompared} rows {different} differ, in {differentFields}: {examples}',
      ja: '比較した {keysCompared} 行のうち {different} 行が異なる（{differentFields}）: {examples}',
    },
    combination: {
      en: 'of {combinationsCompared} combinations {combinationsOnlyLeft} are on the left only and {combinationsOnlyRight} on the right only: {examples}',
      ja: '組み合わせ {combinationsCompared} 通りのうち、左だけ {combinationsOnlyLeft} 通り、右だけ {combinationsOnlyRight} 通り: {examples}',
    },
  },
  subject: storePairs,
  details: { compared: pairComparison },
  judge({ config }, { details: { compared } }) {
    const { left, right, found, readings } = compared
    for (const [side, { rows, keyless }] of Object.entries({ left, right })) {
      if (rows > 0 && rows === keyless) return unknown(`key fields ${config.keys.join(', ')} in the rows of the ${side} store`)
    }
    const share = Math.abs(left.rows - right.rows) / Math.max(left.rows, right.rows, 1)
    const evidence = {
      ...{ leftRows: left.rows, rightRows: right.rows, leftKeyless: left.keyless, rightKeyless: right.keyless, readings },
      ...{ keysCompared: found.keysCompared, fieldsCompared: found.fields.slice(0, 20) },
      ...{ onlyLeft: found.onlyLeft.size, onlyRight: found.onlyRight.size, different: found.different.size },
      combinationsCompared: found.combinationsCompared,
      combinationsOnlyLeft: found.combinationsOnlyLeft.size,
      combinationsOnlyRight: found.combinationsOnlyRight.size,
    }
    const missing = [...found.onlyLeft.values(), ...found.onlyRight.values()]
    const different = [...found.different.values()]
    const combinations = [...found.combinationsOnlyLeft.values(), ...found.combinationsOnlyRight.values()]
    if (share > config.countTolerance) return fail('counts', { ...evidence, examples: told(missing) })
    if (missing.length > config.countTolerance * found.keysCompared) return fail('missing', { ...evidence, examples: told(missing) })
    if (different.length > 0) {
      const differentFields = [...new Set(different.flatMap(({ fields }) => fields))].slice(0, 20)
      return fail('different', { ...evidence, differentFields, examples: told(different.map(({ key }) => key)) })
    }
    return combinations.length > 0 ? fail('combination', { ...evidence, examples: told(combinations) }) : pass
  },
})

/** Enough to look them up. What is personal in them is cut: findings are read in chats. */
const told = (names: readonly string[]): string[] => names.slice(0, 5).map(scrub)
