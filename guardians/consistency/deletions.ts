import { scrub } from '../../core/scrub.ts'
import { defineCheck, fail, pass, unknown } from '../define.ts'
import { pairComparison, storePairs } from '../inventory/store-pairs.ts'
import { deletedShare } from './history.ts'

/** What is gone, or stands together for the first time, since the scan before: both sides may agree on a mistake. */
export const deletions = defineCheck('consistency-deletions', {
  number: 60,
  severity: 'high',
  title: { en: 'Deletions nobody asked for, combinations never seen', ja: '誰も頼んでいない削除・前例のない組み合わせ' },
  why: {
    en: 'A job that deletes too much deletes from both stores, and they agree. The earlier it is seen, the more can be brought back.',
    ja: '消しすぎた処理は両方のストアから消すため、比較では一致してしまいます。早く気づくほど多く戻せます。',
  },
  fix: {
    en: 'Stop what deletes, then restore (`aws dynamodb restore-table-to-point-in-time`, a backup of the database) beside it and copy the rows back. Was it meant: mute it with the reason; after seven days the new state is what is compared with.',
    ja: '削除している処理を止め、別名で復元して（`aws dynamodb restore-table-to-point-in-time`、データベースのバックアップ）行を書き戻します。意図した削除なら理由を書いてミュートします。7 日後からは新しい状態と比較します。',
  },
  peers: [],
  says: {
    deleted: {
      en: 'since {since} {deletedLeft} of {keysLeft} keys are gone on the left and {deletedRight} of {keysRight} on the right',
      ja: '{since} 以降、左は {keysLeft} 件中 {deletedLeft} 件、右は {keysRight} 件中 {deletedRight} 件のキーが消えた',
    },
    unusual: {
      en: 'since {since} {unusual} combinations stand together that never did, though each part was there before: {examples}',
      ja: '{since} 以降、個々には以前からあったのに一緒になったことのない組み合わせが {unusual} 通り: {examples}',
    },
  },
  subject: storePairs,
  details: { compared: pairComparison },
  judge({ config }, { details: { compared } }) {
    const { history, memoryProblem } = compared
    if (memoryProblem !== null) return unknown(`memory of pairs: ${memoryProblem}`)
    if (history === null) return unknown('memory of an earlier scan of this pair')
    const { left, right, since } = history
    const names = [...new Map([...left.unusual, ...right.unusual]).values()]
    const evidence = {
      ...{ since: new Date(since).toISOString(), leftRows: compared.left.rows, rightRows: compared.right.rows },
      ...{ leftRowsBefore: left.rowsBefore, rightRowsBefore: right.rowsBefore },
      ...{ keysLeft: left.keysCompared, deletedLeft: left.deleted, keysRight: right.keysCompared, deletedRight: right.deleted },
      ...{ unusual: names.length, examples: names.slice(0, 5).map(scrub) },
    }
    if ([left, right].some((side) => deletedShare(side) > config.deletionTolerance)) return fail('deleted', evidence)
    return names.length > 0 ? fail('unusual', evidence, { severity: 'medium' }) : pass
  },
})
