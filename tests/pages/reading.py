"""What tests of pages read: everything that is said, and an element by its label."""


def said(test):
    """All words of a page as one text."""
    parts = [*test.markdown, *test.caption, *test.info, *test.warning, *test.error, *test.success]
    return "\n".join(part.value for part in parts)


def named(elements, label):
    """The element with a label, or else the first whose label begins so."""
    exact = [e for e in elements if e.label == label]
    return exact[0] if exact else next(e for e in elements if e.label.startswith(label))
