// Saves two texts in turn, until it is killed: run.mjs FUNCTION PATH SIZE
import * as cases from './cases.mjs';

const [, , name, file, size] = process.argv;
for (;;) {
  for (const letter of 'ab') {
    await cases[name](file, letter.repeat(Number(size)));
  }
}
