import { checkTable } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import type { FunctionVersion } from '../inventory/function-versions.ts'
import { versions } from './versions.ts'

const published = (count: number, name = 'orders'): FunctionVersion[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}:${index + 1}`, name },
    ...{ version: String(index + 1), codeBytes: 2 ** 20 },
  }))

checkTable(versions, {
  flags: {
    'eleven versions, one in use': {
      row: lambdaFunction(),
      reads: { versions: published(11) },
      details: { aliased: ['11', '$LATEST'] },
      evidence: { versions: 11, unused: 10, codeMiB: 10, oldest: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] },
    },
    'four, and no alias at all': { row: lambdaFunction(), reads: { versions: published(4) }, details: { aliased: [] } },
  },
  passes: {
    'three that nobody uses': { row: lambdaFunction(), reads: { versions: published(3) } },
    'five, of which aliases use two': { row: lambdaFunction(), reads: { versions: published(5) }, details: { aliased: ['4', '5'] } },
    'those of another function': { row: lambdaFunction(), reads: { versions: published(9, 'orders-2') } },
    'never published': { row: lambdaFunction() },
    'as many as the configuration allows': { row: lambdaFunction(), options: { maxVersions: 11 }, reads: { versions: published(11) } },
  },
})
