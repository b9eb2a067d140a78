import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface FunctionVersion extends Resource {
  /** Of the function. */
  name: string
  version: string
  codeBytes: number
}

/** All published versions of all functions, fifty a call: asking function by function would take a call for each. */
export const functionVersions = defineInventory<FunctionVersion>('function-versions', {
  title: { en: 'Published versions of Lambda functions', ja: 'Lambda 関数の公開済みバージョン' },
  scope: 'region',
  calls: ['lambda:ListFunctions'],
  async page({ aws, target }, token) {
    const answer = await aws.send(LambdaClient, new ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 50, Marker: token }))
    const rows = (answer.Functions ?? []).flatMap(({ FunctionName: name = '', Version: version = '$LATEST', CodeSize }) =>
      version === '$LATEST' ? [] : { arn: arnOf(target, 'lambda', `function:${name}:${version}`), name, version, codeBytes: CodeSize ?? 0 },
    )
    return answer.NextMarker ? { rows, next: answer.NextMarker } : { rows }
  },
})
