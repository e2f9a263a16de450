"""Build the native training engine; everything else is declared in pyproject.toml.

The extension is optional: without a C compiler the package installs all the same, and networks
are trained by scikit-learn.
"""

import re
from pathlib import Path

import numpy
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# Never -ffast-math and no contraction into multiply-adds: the bits must be numpy's.
GCC = ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fno-strict-aliasing"]
FLAGS = {"unix": GCC, "mingw32": GCC, "msvc": ["/O2", "/fp:precise"]}
FOLDER = Path("sk_hpt/training")


class build_exact(build_ext):  # noqa: N801
    """Compile with the flags of the compiler in use."""

    def build_extension(self, extension):
        """Add the flags, then build."""
        extension.extra_compile_args = FLAGS.get(self.compiler.compiler_type, [])
        super().build_extension(extension)


def without_local_links(text):
    """Return Markdown in which links to files are plain text, because an index lacks the files."""
    text = re.sub(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n\n?", "", text)
    return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)


# setuptools runs Cython itself where it finds a .pyx file. (cythonize would make new Extension
# objects, which are not optional.)
engine = [
    Extension(
        f"sk_hpt.training.{name}",
        [str(FOLDER / f"{name}.pyx")],
        include_dirs=[numpy.get_include(), str(FOLDER)],
        depends=sorted(str(path) for path in FOLDER.iterdir() if path.suffix in (".h", ".pxd")),
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        optional=True,
    )
    for name in ("_engine", "_forward")
]
setup(
    ext_modules=engine,
    cmdclass={"build_ext": build_exact},
    long_description=without_local_links(Path("README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
)
