// All texts of the loader. The catalogue would be larger than the whole loader; a test compares both. Lists without
// names, because each name would be sent with every page of the hospital.

export const WORDS = {
  zh: [
    "在线咨询",
    "留言",
    "关闭",
    "在线咨询没有打开，正在重试…",
    "医院电话：",
    "如情况紧急，请拨打120",
    "重试",
  ],
  en: [
    "Chat with us",
    "Leave a message",
    "Close",
    "The chat did not open. Trying again…",
    "Hospital: ",
    "In an emergency, call 120",
    "Try again",
  ],
} as const;

export type Language = keyof typeof WORDS;

/** Characters of the launcher's own text. A longer one would cover the page. */
export const LONGEST_TEXT = 12;
