import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

const folder = new URL('../../subgraphs/', import.meta.url)

/** The sources of the services; `kit` and the libraries below them refuse inputs too. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    /^\w+\/src\/.*\.ts$/.test(path) && !/\.test\.ts$|\/(testing|generated|simulation)\//.test(path),
)

const sourceOf = (path: string): ts.SourceFile =>
  ts.createSourceFile(
    path,
    readFileSync(new URL(path, folder), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )

/** Stands for a value within a text: a figure has no word to be translated. */
const value = '7'

const combine = (heads: readonly string[], tails: readonly string[]): readonly string[] =>
  heads.flatMap((head) => tails.map((tail) => head + tail))

/** What an expression may turn out to be: both ways of a choice, each value of a table, what a name is set to. */
function choicesOf(node: ts.Expression, source: ts.SourceFile): readonly ts.Expression[] {
  if (ts.isParenthesizedExpression(node)) return [node.expression]
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse]
  if (ts.isElementAccessExpression(node)) return choicesOf(node.expression, source)
  if (ts.isIdentifier(node)) return valuesOf(node.text, source)
  if (!ts.isObjectLiteralExpression(node)) return []
  return node.properties.filter(ts.isPropertyAssignment).map(({ initializer }) => initializer)
}

/** The texts that an expression can have, as far as its own file tells; figures stand for the rest. */
function textsOf(node: ts.Expression, source: ts.SourceFile, depth = 0): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce<readonly string[]>(
      (texts, { expression, literal }) =>
        combine(combine(texts, textsOf(expression, source, depth + 1)), [literal.text]),
      [node.head.text],
    )
  }
  const choices = depth < 6 ? choicesOf(node, source) : []
  return choices.length > 0 ? choices.flatMap((each) => textsOf(each, source, depth + 1)) : [value]
}

/** What a name of a file is set to: as a constant, or as a parameter by the calls of its function. */
function valuesOf(name: string, source: ts.SourceFile): readonly ts.Expression[] {
  const found: ts.Expression[] = []
  visit(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.initializer && node.name.getText() === name) {
      found.push(node.initializer)
    }
    if (ts.isParameter(node) && node.name.getText() === name) {
      const place = node.parent.parameters.indexOf(node)
      const called = nameOfFunction(node.parent)
      if (called !== undefined) found.push(...argumentsOf(called, place, source))
    }
  })
  return found
}

function nameOfFunction(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name?.text
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined
}

function argumentsOf(name: string, place: number, source: ts.SourceFile): readonly ts.Expression[] {
  const found: ts.Expression[] = []
  visit(source, (node) => {
    const isCall = ts.isCallExpression(node) && node.expression.getText() === name
    const argument = isCall ? node.arguments[place] : undefined
    if (argument) found.push(argument)
  })
  return found
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort()

/** Every reason for which a service refuses an input, with a figure for each value. */
export const reasonsOfServices = (): readonly string[] =>
  unique(
    files.map(sourceOf).flatMap((source) => {
      const found: string[] = []
      visit(source, (node) => {
        const isRefusal = ts.isNewExpression(node) && node.expression.getText() === 'BadInput'
        const reason = isRefusal ? node.arguments?.[1] : undefined
        if (reason) found.push(...textsOf(reason, source))
      })
      return found
    }),
  ).filter((reason) => reason !== value)

/** What is said to operators and developers; what an error says to users is known by its code. */
function isForOthers(node: ts.Node): boolean {
  for (let each = node.parent; !ts.isSourceFile(each); each = each.parent) {
    const isMade = ts.isNewExpression(each) && /(Error|Violation)$/.test(each.expression.getText())
    const isCalled =
      ts.isCallExpression(each) && /^(super|invariant)$|\blog\b/.test(each.expression.getText())
    if (isMade || isCalled) return true
  }
  return false
}

/** A sentence that calls of functions put together is known by what it says in full, which other tests write. */
const isPutTogether = (node: ts.Node): boolean =>
  ts.isTemplateExpression(node) &&
  node.templateSpans.some(({ expression }) => ts.isCallExpression(expression))

/** Every whole sentence that a service writes for its users, with a figure for each value. */
export const sentencesOfServices = (): readonly string[] =>
  unique(
    files
      .filter((path) =>
        /^(user|order|inventory|cny)\/src\/(domain|commands)\/(?!errors)/.test(path),
      )
      .map(sourceOf)
      .flatMap((source) => {
        const found: string[] = []
        visit(source, (node) => {
          const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
          if (!isText || isForOthers(node) || isPutTogether(node)) return
          found.push(...textsOf(node, source).map((text) => text.trim()))
        })
        return found
      }),
  ).filter((text) => /^[A-Z]\S* .*\.$/.test(text))
