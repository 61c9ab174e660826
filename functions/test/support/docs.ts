/** The mark of a block that no test runs, since it needs a project in Google Cloud. */
export const CLOUD = 'needs a cloud project';

export interface BashBlock {
  /** The number of its first line in the document. */
  line: number;
  /** The test that runs it, `CLOUD`, or undefined if the block has no mark. */
  test: string | undefined;
  commands: string;
  /** The JSON block that follows before the next bash block: the answer of the last command. */
  answer: string | undefined;
}

/** The bash blocks of a Markdown document, each with the mark on the line before it. */
export function bashBlocks(text: string): BashBlock[] {
  const fence = /^( *)```(?:bash|sh|shell|console)\n(.*?)^\1```$/gms;
  const blocks = [...text.matchAll(fence)];
  return blocks.map((block, index) => {
    const { index: start, 0: whole, 1: indent = '', 2: commands = '' } = block;
    const before = text.slice(0, start).trimEnd().split('\n').at(-1) ?? '';
    const between = text.slice(start + whole.length, blocks[index + 1]?.index);
    return {
      line: text.slice(0, start).split('\n').length,
      test: /<!-- (?:run by )?(.+) -->$/.exec(before)?.[1],
      commands: commands.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      answer: /^```json\n(.*?)^```$/ms.exec(between)?.[1],
    };
  });
}
